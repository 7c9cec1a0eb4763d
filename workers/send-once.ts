import type { DirectLease, Leased } from '../queues/direct-sends.ts'
import { classify, isTelegramError } from '../src/shared/telegram/classify.ts'
import type { Telegram } from '../src/shared/telegram/create-telegram.ts'
import { withLastCheck } from '../src/shared/telegram/last-check.ts'
import type { StageContext } from './context.ts'
import { Postpone } from './postpone.ts'
import type { StopReason } from './retry-decision.ts'

/** How soon to look again whether somebody else's call has ended. */
const LOOK_AGAIN_MS = 500

/** A lease that was asked for just now need not be looked at; the clock goes on while a process is frozen. */
const FRESH_MS = 250

export type SentOnce<T> =
  | { how: 'sent'; message: T }
  /** By another run of the job, or by this one before. */
  | { how: 'before'; messageId: number | null }
  | { how: 'too late'; message: T }
  | { how: 'spent' }

/**
 * Makes a call that Telegram would do twice if it were made twice, at most once as far as anybody can know: under a
 * lease that is looked at once more right before the call, when it had to wait. A call whose answer is lost may be made once more.
 * @throws Postpone while another run has the lease; what the call throws
 */
export async function sendOnce<T extends { message_id: number }>(
  { telegram }: { telegram: Telegram },
  leased: Leased,
  call: (signal: AbortSignal) => Promise<T>,
  context: Pick<StageContext, 'signal' | 'failPoint'>,
): Promise<SentOnce<T>> {
  if (leased.how === 'wait') throw new Postpone(Math.min(leased.waitMs, LOOK_AGAIN_MS))
  if (leased.how === 'sent') return { how: 'before', messageId: leased.messageId }
  if (leased.how !== 'go') return leased
  const { lease } = leased
  context.failPoint('leased')
  const running = whileRunning(lease, context.signal)
  let isGoingOut = false
  const lastCheck = async () => {
    const isFresh = performance.now() - lease.askedAt < FRESH_MS
    if (!isFresh && !(await lease.holds())) throw new Postpone(LOOK_AGAIN_MS)
    context.failPoint('leased')
    isGoingOut = true
  }
  try {
    // A Telegram that fails may fail after its work: it is asked something harmless before it gets a message again.
    if (lease.doubts > 0) await telegram.api.getMe()
    const message = await withLastCheck(lastCheck, () => call(running.signal))
    context.failPoint('sent')
    return { how: (await lease.end({ messageId: message.message_id })) ? 'sent' : 'too late', message }
  } catch (error) {
    const isUnknown = isGoingOut && isTelegramError(error) && classify(error).kind === 'ambiguous'
    await lease.end(isUnknown ? 'unknown' : 'unsent')
    throw error
  } finally {
    running.stop()
  }
}

/** Renews a lease that is to be renewed. */
function whileRunning(lease: DirectLease, stopped: AbortSignal) {
  const call = new AbortController()
  const renew = () => void lease.holds().catch(() => false)
  const renewal = lease.renewEveryMs === null ? undefined : setInterval(renew, lease.renewEveryMs)
  const onStop = () => {
    // From now on the lease runs out: a run that was told to stop has no time for ever.
    clearInterval(renewal)
    // Another run may follow this one: the sooner it can know how the call ended, the better.
    if (stopped.reason !== ('lock_lost' satisfies StopReason)) call.abort(stopped.reason)
  }
  stopped.addEventListener('abort', onStop, { once: true })
  if (stopped.aborted) onStop()
  return {
    /** For the call. */
    signal: call.signal,
    stop() {
      clearInterval(renewal)
      stopped.removeEventListener('abort', onStop)
    },
  }
}
