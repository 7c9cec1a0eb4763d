import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** See the file itself: runs a command that dies, with all it started, when this process does. */
export const GUARD = fileURLToPath(new URL('guard.sh', import.meta.url))

const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`

/**
 * Makes an executable that runs `command` under the guard, for libraries that want the path of a tool and spawn
 * it by themselves. They must leave its standard input an open pipe: when that ends, the tool is killed.
 */
export async function createGuardedTool(dir: string, name: string, command: string): Promise<string> {
  const path = join(dir, name)
  await writeFile(path, `#!/bin/sh\nexec ${quoted(GUARD)} ${quoted(command)} "$@"\n`)
  await chmod(path, 0o755)
  return path
}

/**
 * Kills a guarded process and everything it started. `pid` is the guard's own, which leads the group.
 * A process that has already ended is fine.
 */
export function killGroup(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
