import { StageError } from '../queues/failure.ts'
import { ArtifactMissing } from '../src/shared/artifacts/artifacts.ts'
import { ObjectMissing, StorageError } from '../src/shared/storage/storage-error.ts'

const FULL_DISK = ['ENOSPC', 'EDQUOT']

/**
 * What a failed step with files means for a job; any other error comes back as it is. A refused key (`denied`) is
 * retried like an outage: the attempts are few, and operators do mend it.
 */
export function asFileFailure(error: unknown): unknown {
  if (error instanceof ArtifactMissing || error instanceof ObjectMissing)
    return new StageError('input_missing', { detail: 'the artifact is gone', cause: error })
  if (error instanceof StorageError) return new StageError('storage', { detail: error.kind, cause: error })
  const isFull = error instanceof Error && 'code' in error && FULL_DISK.includes(String(error.code))
  return isFull ? new StageError('disk_full', { cause: error }) : error
}
