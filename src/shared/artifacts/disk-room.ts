import { randomUUID } from 'node:crypto'
import { open, readdir, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { segment } from './artifact-names.ts'
import { ignoreMissing, makeFolder, type ProductionFolders } from './production-folders.ts'

const TOUCH_EVERY_MS = 10_000
/** Whoever has not touched their promise for so long is dead, or frozen. */
const STALE_MS = 60_000
/** Two who ask at once see each other and may both step back: then once more, not at once. */
const TRIES = 3

export interface RoomRequest {
  production: string
  run: string
  /** All that this run will write, and what comes of it. */
  bytes: number
  /** What must stay free besides. */
  keepFreeBytes: number
}

/** Room on the disk that is promised to one run, until it is released. */
export interface Room {
  release(): Promise<void>
}

/**
 * Promises of disk space, for all processes that share a disk: each is an empty file in `<dir>/reserved`, whose name
 * says all, touched while the run goes on. What a run has written already is not free any more, and no longer counts.
 *
 * There is no lock that a crash could leave: everybody first promises and then counts. Of two who do so at once the
 * later count sees both promises, so the same space is never promised twice; at worst nobody gets it, and asks again.
 */
export function createDiskRoom(dir: string, folders: Pick<ProductionFolders, 'freeBytes' | 'bytesOf'>) {
  const reserved = join(dir, 'reserved')

  /** What the others may still write, bytes. */
  const promisedToOthers = async (mine: string): Promise<number> => {
    let bytes = 0
    for (const name of await readdir(reserved).catch(ignoreMissing([]))) {
      const promise = /^([\w-]+)\.([\w-]+)\.(\d+)\.[\w-]+$/.exec(name)
      if (!promise || name === mine) continue
      const [, production = '', run = '', promised = ''] = promise
      const stats = await stat(join(reserved, name)).catch(ignoreMissing(null))
      // In the future, too: the clock was set back, and a living run will touch it soon.
      if (!stats || Math.abs(Date.now() - stats.mtimeMs) > STALE_MS) continue
      bytes += Math.max(0, Number(promised) - (await folders.bytesOf(production, run)))
    }
    return bytes
  }

  const tryOnce = async ({ production, run, bytes, keepFreeBytes }: RoomRequest): Promise<Room | null> => {
    await makeFolder(reserved)
    const mine = `${segment(production)}.${segment(run)}.${Math.ceil(bytes)}.${randomUUID()}`
    const path = join(reserved, mine)
    const make = async () => (await open(path, 'a', 0o600)).close()
    let isReleased = false
    await make()
    // Written first and free last: what is written in between counts twice rather than never.
    const promised = await promisedToOthers(mine)
    if ((await folders.freeBytes()) - promised < bytes + keepFreeBytes) {
      await rm(path, { force: true })
      return null
    }
    const touch = async () => {
      const at = new Date()
      // Made again, should it have looked dead and been swept.
      await make()
      await utimes(path, at, at)
      if (isReleased) await rm(path, { force: true })
    }
    const touching = setInterval(() => void touch().catch(() => undefined), TOUCH_EVERY_MS).unref()
    return {
      async release() {
        isReleased = true
        clearInterval(touching)
        await rm(path, { force: true })
      },
    }
  }

  return {
    /** @returns null when there is no room now. */
    async reserve(request: RoomRequest): Promise<Room | null> {
      for (let tries = 1; ; tries++) {
        const room = await tryOnce(request).catch(fullDisk)
        if (room || tries === TRIES) return room
        await sleep(50 + Math.random() * 200 * tries)
      }
    },

    /** Removes the promises that nobody has touched for so long, or for as long as makes them count for nothing. */
    async sweep(olderThanMs: number): Promise<void> {
      const before = Date.now() - Math.min(olderThanMs, STALE_MS)
      for (const name of await readdir(reserved).catch(ignoreMissing([]))) {
        const stats = await stat(join(reserved, name)).catch(ignoreMissing(null))
        if (stats && stats.mtimeMs <= before) await rm(join(reserved, name), { force: true })
      }
    },
  }
}

/** Not even a name fits. */
function fullDisk(error: unknown): null {
  if (error instanceof Error && 'code' in error && ['ENOSPC', 'EDQUOT'].includes(String(error.code)))
    return null
  throw error
}
