import { StageError } from '../../queues/failure.ts'

/** Parts and the file merged from them lie side by side for a moment, and transcode writes beside the original. */
const ROOM_PER_BYTE = 2.2
/** When the others, who fill the disk now, may have ended. */
const ASK_AGAIN_MS = 60_000

/**
 * Lets a fetch start only while there is room for it: a disk that runs full fails every job on it.
 * @param expectedBytes null when nobody knows; the reserve has to do then.
 * @throws StageError `disk_full`.
 */
export function admit(freeBytes: number, expectedBytes: number | null, reserveBytes: number): void {
  if (freeBytes >= (expectedBytes ?? 0) * ROOM_PER_BYTE + reserveBytes) return
  throw new StageError('disk_full', {
    detail: `${Math.floor(freeBytes / 1024 ** 2)} MB are free`,
    retryAfterMs: ASK_AGAIN_MS,
  })
}
