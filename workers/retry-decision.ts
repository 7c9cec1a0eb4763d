import { FAILURES, type FailureCode, StageError } from '../queues/failure.ts'
import { redact } from '../src/shared/logger.ts'

/** What a stage's run is stopped for. The reason of the handler's AbortSignal. */
export type StopReason = 'cancelled' | 'timeout' | 'lock_lost' | 'shutdown'

/** What becomes of a job whose handler threw. */
export type Decision =
  /** Another attempt, if there is one left. `reason` is what BullMQ keeps: code first, nothing secret. */
  | { retry: true; code: FailureCode; reason: string; retryAfterMs: number | undefined }
  /** No attempt can help. */
  | { retry: false; code: FailureCode; reason: string }
  /** Back to the queue without using up an attempt: the job did nothing wrong. */
  | { giveBack: true }
  /** Another run has the job by now: BullMQ throws away what this one answers, and it has nothing more to say. */
  | { overtaken: true }

const MAX_REASON = 300

/** Pure: from whatever was thrown, and from what the run had been stopped for, to what happens with the job. */
export function decide(error: unknown, stopped: StopReason | null): Decision {
  if (stopped === 'shutdown') return { giveBack: true }
  if (stopped === 'lock_lost') return { overtaken: true }
  const failure = stopped ? new StageError(stopped, { cause: error }) : asStageError(error)
  const { code } = failure
  const reason = redact(failure.message).slice(0, MAX_REASON)
  if (FAILURES[code].retries === 'never' || failure.final) return { retry: false, code, reason }
  return { retry: true, code, reason, retryAfterMs: failure.retryAfterMs }
}

/** Whatever else is thrown is a fault of ours. Its text may hold anything, so only its name is kept. */
function asStageError(error: unknown): StageError {
  if (error instanceof StageError) return error
  const detail = error instanceof Error ? error.name : typeof error
  return new StageError('internal', { cause: error, detail })
}

/** Waits before attempt `attemptsMade + 1`: doubling, up to a minute, half of it by chance. */
export function backoffMs(
  attemptsMade: number,
  firstMs: number,
  retryAfterMs: number | undefined,
  random: number,
): number {
  const doubled = Math.min(firstMs * 2 ** Math.max(0, attemptsMade - 1), 60_000)
  return Math.max(Math.round(doubled * (0.5 + random / 2)), retryAfterMs ?? 0)
}
