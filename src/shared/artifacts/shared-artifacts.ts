import { lstat, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { fileName, parseRef } from './artifact-names.ts'
import { ArtifactMissing, type Artifacts } from './artifacts.ts'
import { createDiskRoom } from './disk-room.ts'
import {
  createProductionFolders,
  ignoreMissing,
  makeFolder,
  settle,
  settleFolderOf,
} from './production-folders.ts'

/** Artifacts in one directory that all stages see: nothing is ever copied. */
export function createSharedArtifacts(dir: string, now: () => number): Artifacts {
  const folders = createProductionFolders(dir)
  const room = createDiskRoom(dir, folders)
  return {
    workDir: folders.workDir,

    async keep(production, name, path) {
      const target = join(folders.keptDir(production), fileName(name))
      await makeFolder(folders.keptDir(production))
      await settle(path)
      await rename(path, target)
      await settleFolderOf(target)
      return `${production}/${name}`
    },

    async open(ref) {
      const { production, name } = parseRef(ref)
      const path = join(folders.keptDir(production), name)
      const stats = await lstat(path).catch(ignoreMissing(null))
      if (!stats?.isFile()) throw new ArtifactMissing()
      await folders.touch(production)
      return path
    },

    objectKey(ref) {
      parseRef(ref)
      return null
    },

    remove: folders.remove,
    freeBytes: folders.freeBytes,
    reserve: room.reserve,

    async sweep(olderThanMs) {
      let swept = 0
      await room.sweep(olderThanMs)
      for (const [production, touchedAtMs] of await folders.touchedAtMs()) {
        if (touchedAtMs > now() - olderThanMs) continue
        await folders.remove(production)
        swept++
      }
      return swept
    },
  }
}
