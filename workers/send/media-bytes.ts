import { join } from 'node:path'
import type { Cached } from '../../queues/cached.ts'
import { ArtifactMissing, type Artifacts } from '../../src/shared/artifacts/artifacts.ts'
import type { Storage } from '../../src/shared/storage/storage.ts'
import { StorageError } from '../../src/shared/storage/storage-error.ts'

/** Local paths of a file to send. `done` removes what was fetched for it. */
export interface MediaBytes {
  mediaPath: string
  thumbnailPath: string | null
  done(): Promise<void>
}

/**
 * Where the bytes of a cached file are: still in its artifact, or in the cache. Null when they are nowhere, are not
 * what they were, or the storage does not answer: all of that is a miss, and a miss is fetched again.
 */
export async function mediaBytes(
  cached: Cached,
  production: string,
  deps: { artifacts: Artifacts; storage: Storage },
  signal: AbortSignal,
): Promise<MediaBytes | null> {
  return (await fromArtifact(cached, deps.artifacts)) ?? (await fromStorage(cached, production, deps, signal))
}

async function fromArtifact(cached: Cached, artifacts: Artifacts): Promise<MediaBytes | null> {
  if (!cached.artifact) return null
  try {
    const mediaPath = await artifacts.open(cached.artifact)
    const thumbnailPath = cached.artifactThumbnail ? await artifacts.open(cached.artifactThumbnail) : null
    return { mediaPath, thumbnailPath, done: async () => undefined }
  } catch (error) {
    if (error instanceof ArtifactMissing || error instanceof StorageError) return null
    throw error
  }
}

async function fromStorage(
  { media, thumbnail, file }: Cached,
  production: string,
  { artifacts, storage }: { artifacts: Artifacts; storage: Storage },
  signal: AbortSignal,
): Promise<MediaBytes | null> {
  if (!media) return null
  const dir = await artifacts.workDir(production, 'send')
  const mediaPath = join(dir, `media.${file.extension}`)
  const thumbnailPath = thumbnail ? join(dir, 'thumbnail.jpg') : null
  const done = () => artifacts.remove(production)
  try {
    await storage.download(media, mediaPath, { signal })
    if (thumbnail && thumbnailPath) await storage.download(thumbnail, thumbnailPath, { signal })
    return { mediaPath, thumbnailPath, done }
  } catch (error) {
    await done()
    if (error instanceof StorageError) return null
    throw error
  }
}
