import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where Debian keeps libfaketime (package `faketime`), one folder for each kind of machine. */
const LIBRARIES = '/usr/lib'

export type Clocks = ReturnType<typeof createClocks>

/** Where libfaketime is; undefined where it is not installed. */
export function findFaketime(): string | undefined {
  if (!existsSync(LIBRARIES)) return undefined
  return readdirSync(LIBRARIES)
    .map((folder) => join(LIBRARIES, folder, 'faketime/libfaketime.so.1'))
    .find((path) => existsSync(path))
}

/**
 * The wall clocks of processes, each to be put forward and back while it runs. Timers and durations are left alone, as
 * by a real jump; so are the times of files, which are the disk's.
 */
export function createClocks(dir: string, library: string) {
  const fileOf = (name: string) => join(dir, `clock-${name}`)
  const jump = (name: string, seconds: number) => {
    writeFileSync(fileOf(name), `${seconds >= 0 ? '+' : ''}${seconds}\n`)
  }
  return {
    /** For the environment of a process, which has the right time at first. */
    environment(name: string): Record<string, string> {
      jump(name, 0)
      return {
        LD_PRELOAD: library,
        FAKETIME_TIMESTAMP_FILE: fileOf(name),
        FAKETIME_CACHE_DURATION: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        DONT_FAKE_MONOTONIC: '1',
        NO_FAKE_STAT: '1',
      }
    },
    jump,
  }
}
