import { S3ServiceException } from '@aws-sdk/client-s3'
import { ObjectMissing, StorageError } from './storage-error.ts'

/** Faults of our own disk. No network call fails with one of these. */
const LOCAL = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'EEXIST', 'EACCES', 'EROFS', 'EIO', 'ENOSPC', 'EDQUOT'])

/**
 * Makes a StorageError of whatever an operation threw. Passed on as they are: the reason
 * of the caller's own signal, and what our own disk says (ENOSPC is no fault of the storage).
 */
export function asStorageError(operation: string, error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason
  if (error instanceof StorageError) return error
  if (error instanceof Error && 'code' in error && LOCAL.has(String(error.code))) return error
  if (!(error instanceof S3ServiceException)) return new StorageError('unavailable', operation, error)
  const status = error.$metadata.httpStatusCode
  // A missing bucket is a missing configuration, not a cached file that was evicted.
  if (error.name === 'NoSuchBucket') return new StorageError('unavailable', operation, error)
  if (status === 404) return new ObjectMissing(operation, error)
  if (status === 401 || status === 403) return new StorageError('denied', operation, error)
  return new StorageError('unavailable', operation, error)
}

/** Runs `work` so that only StorageErrors and abort reasons come out of it. */
export async function guarded<T>(
  operation: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    signal?.throwIfAborted()
    return await work()
  } catch (error) {
    throw asStorageError(operation, error, signal)
  }
}
