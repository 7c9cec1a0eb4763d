import type { Storage } from '../storage/storage.ts'
import type { Artifacts } from './artifacts.ts'
import { createS3Artifacts } from './s3-artifacts.ts'
import { createSharedArtifacts } from './shared-artifacts.ts'

export type ArtifactSettings =
  /** `dir`: absolute, on one file system, the same for all stages. */
  | { mode: 'shared'; dir: string; now?: () => number }
  /** `dir`: absolute, scratch space of this host. `prefix`: ends with a slash, for artifacts only. */
  | { mode: 's3'; dir: string; storage: Storage; prefix: string; now?: () => number }

/** The two ways of handing files from stage to stage; see `Artifacts`. `dir` must exist for `freeBytes`. */
export function createArtifacts(settings: ArtifactSettings): Artifacts {
  const now = settings.now ?? Date.now
  return settings.mode === 'shared'
    ? createSharedArtifacts(settings.dir, now)
    : createS3Artifacts(settings.dir, settings.storage, settings.prefix, now)
}
