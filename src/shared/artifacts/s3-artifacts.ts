import { lstat, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { ListedObject, Storage } from '../storage/storage.ts'
import { ObjectMissing } from '../storage/storage-error.ts'
import { fileName, parseRef, segment } from './artifact-names.ts'
import { ArtifactMissing, type Artifacts } from './artifacts.ts'
import { createDiskRoom } from './disk-room.ts'
import { createProductionFolders, ignoreMissing, makeFolder, settle } from './production-folders.ts'

/**
 * Artifacts under a staging prefix of the bucket, for stages on different hosts. `dir` is scratch space of this
 * host: work folders, and one copy of each artifact that was made or opened here.
 */
export function createS3Artifacts(
  dir: string,
  storage: Storage,
  prefix: string,
  now: () => number,
): Artifacts {
  const folders = createProductionFolders(dir)
  const room = createDiskRoom(dir, folders)
  const keyOf = (production: string, name: string) => `${prefix}${segment(production)}/${fileName(name)}`
  /** Downloads under way, so that two readers in one process share one. */
  const opening = new Map<string, Promise<string>>()

  /** Named by what is in it: when another host keeps new bytes under an old name, no old copy is taken for it. */
  const scratchDir = (production: string, sha256: string) => join(folders.keptDir(production), sha256)

  async function fetchOnce(ref: string, signal: AbortSignal | undefined): Promise<string> {
    const { production, name } = parseRef(ref)
    const { key, sizeBytes, sha256 } = await storage.head(keyOf(production, name))
    if (sha256 === null) throw new ArtifactMissing()
    const folder = scratchDir(production, sha256)
    const path = join(folder, name)
    const stats = await lstat(path).catch(ignoreMissing(null))
    if (stats?.isFile() && stats.size === sizeBytes) {
      await folders.touch(production)
      return path
    }
    await makeFolder(folder)
    await storage.download({ key, sizeBytes, sha256 }, path, signal ? { signal } : {})
    return path
  }

  async function stagedProductions(): Promise<Map<string, ListedObject[]>> {
    const productions = new Map<string, ListedObject[]>()
    for await (const object of storage.list(prefix)) {
      const production = object.key.slice(prefix.length).split('/', 1)[0] ?? ''
      productions.set(production, [...(productions.get(production) ?? []), object])
    }
    return productions
  }

  return {
    workDir: folders.workDir,

    async keep(production, name, path, options = {}) {
      const key = keyOf(production, name)
      await settle(path)
      const { sha256 } = await storage.put(key, path, { contentType: 'application/octet-stream', ...options })
      const folder = scratchDir(production, sha256)
      await makeFolder(folder)
      await rename(path, join(folder, name))
      return `${production}/${name}`
    },

    async open(ref, { signal } = {}) {
      for (let other = opening.get(ref); other !== undefined; other = opening.get(ref)) {
        // Another reader's failure may be its own (it was aborted): then it is our turn.
        const path = await other.catch(() => null)
        signal?.throwIfAborted()
        if (path !== null) return path
      }
      const download = fetchOnce(ref, signal)
        .catch((error: unknown) => {
          throw error instanceof ObjectMissing ? new ArtifactMissing({ cause: error }) : error
        })
        .finally(() => opening.delete(ref))
      opening.set(ref, download)
      return await download
    },

    objectKey(ref) {
      const { production, name } = parseRef(ref)
      return keyOf(production, name)
    },

    async remove(production) {
      const staged: string[] = []
      for await (const { key } of storage.list(`${prefix}${segment(production)}/`)) staged.push(key)
      await storage.remove(staged)
      await folders.remove(production)
    },

    freeBytes: folders.freeBytes,
    reserve: room.reserve,

    async sweep(olderThanMs) {
      const before = now() - olderThanMs
      await room.sweep(olderThanMs)
      const local = await folders.touchedAtMs()
      const staged = await stagedProductions()
      let swept = 0
      for (const production of new Set([...local.keys(), ...staged.keys()])) {
        const objects = staged.get(production) ?? []
        const touchedAtMs = Math.max(local.get(production) ?? 0, ...objects.map((o) => o.modifiedAtMs))
        if (touchedAtMs > before) continue
        await storage.remove(objects.map(({ key }) => key))
        await folders.remove(production)
        swept++
      }
      return swept
    },
  }
}
