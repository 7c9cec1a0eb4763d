import { lstat, mkdir, open, readdir, rm, statfs, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { segment } from './artifact-names.ts'

/**
 * The disk side of artifacts, the same in both modes:
 *
 *   <dir>/work/<production>/<run>/…   files that somebody is writing
 *   <dir>/kept/<production>/…         files that are finished
 *
 * Two trees and not one, so that no name of an artifact can be the name of a work folder.
 */
export function createProductionFolders(dir: string) {
  const work = join(dir, 'work')
  const kept = join(dir, 'kept')
  return {
    async workDir(production: string, run: string): Promise<string> {
      const path = join(work, segment(production), segment(run))
      await makeFolder(path)
      return path
    },

    keptDir: (production: string) => join(kept, segment(production)),

    /** Being read counts as being touched. Should it vanish right now, then whoever reads it will see. */
    async touch(production: string): Promise<void> {
      const at = new Date()
      await utimes(join(kept, segment(production)), at, at).catch(ignoreMissing(undefined))
    },

    async remove(production: string): Promise<void> {
      const name = segment(production)
      // rm removes a link, never what it points to.
      await rm(join(work, name), { recursive: true, force: true })
      await rm(join(kept, name), { recursive: true, force: true })
    },

    /** What a run has written so far, and what was kept of its production. */
    async bytesOf(production: string, run: string): Promise<number> {
      return (
        (await sizeBelow(join(work, segment(production), segment(run)))) +
        (await sizeBelow(join(kept, segment(production))))
      )
    },

    async freeBytes(): Promise<number> {
      const { bavail, bsize } = await statfs(dir)
      return bavail * bsize
    },

    /** When each production was last touched, ms. */
    async touchedAtMs(): Promise<Map<string, number>> {
      const productions = new Map<string, number>()
      for (const tree of [work, kept]) {
        for (const name of await readdir(tree).catch(ignoreMissing([]))) {
          const touched = await newestChangeMs(join(tree, name))
          productions.set(name, Math.max(touched, productions.get(name) ?? 0))
        }
      }
      return productions
    },
  }
}

export type ProductionFolders = ReturnType<typeof createProductionFolders>

/** mkdir's mode counts for every folder that it makes on the way. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
}

/**
 * Makes sure that the bytes of a finished, regular file are on the disk. Without it, a power cut after the
 * rename leaves an empty file under a name that promises a whole one.
 */
export async function settle(path: string): Promise<void> {
  // A link or a device is nothing that a tool was asked to make.
  if (!(await lstat(path)).isFile()) throw new TypeError('an artifact must be a regular file')
  const file = await open(path, 'r')
  try {
    await file.datasync()
  } finally {
    await file.close()
  }
}

/** Like `settle`, for the entry in the folder. */
export async function settleFolderOf(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function sizeBelow(path: string): Promise<number> {
  const stats = await lstat(path).catch(ignoreMissing(null))
  if (!stats?.isDirectory()) return stats?.size ?? 0
  const names = await readdir(path).catch(ignoreMissing([]))
  const sizes = await Promise.all(names.map((name) => sizeBelow(join(path, name))))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** The change time and not the modification time: sites choose the latter for the files that they serve. */
async function newestChangeMs(path: string): Promise<number> {
  const stats = await lstat(path).catch(ignoreMissing(null))
  if (!stats) return 0
  if (!stats.isDirectory()) return stats.ctimeMs
  let newest = stats.ctimeMs
  for (const name of await readdir(path).catch(ignoreMissing([])))
    newest = Math.max(newest, await newestChangeMs(join(path, name)))
  return newest
}

/** Others remove files while we look at them: what is gone counts as `fallback`. */
export const ignoreMissing =
  <T>(fallback: T) =>
  (error: unknown): T => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return fallback
    throw error
  }
