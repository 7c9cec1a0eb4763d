import type { CallFact, Outage } from './facts.ts'

/** An answer that has come must still be noted: whoever dies so soon after it has not. */
const NOTED_MS = 2000

/** Whether a fault kept the answer of a call from being known: whoever made it cannot know what it did. */
export function wasSwallowed(call: CallFact, outages: readonly Outage[]): boolean {
  if (['lost_answer', 'error_after', 'reset_upload'].includes(call.fault ?? '')) return true
  return outages.some(
    ({ of, fromMs, toMs }) =>
      fromMs <= call.endedAtMs + NOTED_MS &&
      toMs >= call.atMs &&
      (of === 'send' || of === 'redis' || (of === 'telegram' && !call.wasHeard)),
  )
}
