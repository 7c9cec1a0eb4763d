import { setTimeout as delay } from 'node:timers/promises'

/** Nobody waits any longer for what was asked. */
export class TooLate extends Error {}

/** @throws TooLate when the work takes longer; it goes on, but nobody waits for it. */
export async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const timer = new AbortController()
  const late = delay(timeoutMs, undefined, { signal: timer.signal }).then(() => {
    throw new TooLate(`no answer within ${timeoutMs} ms`)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    // The race holds handlers for both, so the loser's rejection is seen.
    timer.abort()
  }
}
