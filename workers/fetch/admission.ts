import { StageError } from '../../queues/failure.ts'
import type { Artifacts } from '../../src/shared/artifacts/artifacts.ts'
import type { Room } from '../../src/shared/artifacts/disk-room.ts'
import type { StageContext } from '../context.ts'
import { growingWaitMs } from '../patience.ts'
import { Postpone } from '../postpone.ts'

/** Parts and the file merged from them lie side by side for a moment, and transcode writes beside the original. */
const ROOM_PER_BYTE = 2.2
/** For a file of which nobody knows how large it is. */
const UNKNOWN_BYTES = 20_000_000
const FIRST_WAIT_MS = 2000
/** Others end meanwhile, or operators make room; after this, people are told that there is none. */
const PATIENCE_MS = 3600_000

interface Wanted {
  production: string
  run: string
  /** null when nobody knows. */
  expectedBytes: number | null
  maxFileBytes: number
  reserveBytes: number
}

/** What a fetch may need on the disk at most, as far as one can know. */
export function roomFor(expectedBytes: number | null, maxFileBytes: number): number {
  return Math.min(expectedBytes ?? UNKNOWN_BYTES, maxFileBytes) * ROOM_PER_BYTE
}

/**
 * Lets a fetch start only while there is room for it, and keeps that room: a disk that runs full fails every job on it.
 * @returns to be released at the end
 * @throws Postpone while there is none: nothing is wrong with the job; StageError `disk_full` after an hour.
 */
export async function admit(
  artifacts: Pick<Artifacts, 'reserve'>,
  { production, run, expectedBytes, maxFileBytes, reserveBytes }: Wanted,
  { attempt, addedAtMs, log }: Pick<StageContext, 'attempt' | 'addedAtMs' | 'log'>,
): Promise<Room> {
  const bytes = roomFor(expectedBytes, maxFileBytes)
  const room = await artifacts.reserve({ production, run, bytes, keepFreeBytes: reserveBytes })
  if (room) return room
  const detail = `no room for ${Math.ceil(bytes / 1_000_000)} MB`
  if (Date.now() - addedAtMs > PATIENCE_MS) throw new StageError('disk_full', { detail })
  log.warn({ bytes: Math.ceil(bytes) }, 'waits for room on the disk')
  throw new Postpone(growingWaitMs(FIRST_WAIT_MS, attempt))
}
