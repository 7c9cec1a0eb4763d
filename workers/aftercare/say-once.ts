import type { Message } from 'grammy/types'
import { classify, isTelegramError } from '../../src/shared/telegram/classify.ts'
import type { StageContext } from '../context.ts'
import { Postpone } from '../postpone.ts'

/** What follows a delivery is of no use long after it. */
const PATIENCE_MS = 30 * 60_000
/** Telegram is asked again so soon, at the earliest. */
const AGAIN_MS = 1000

/**
 * Says something that was claimed before, so that nobody else says it. What was certainly not sent is released and comes
 * again later; what nobody knows the end of is not said again.
 * @returns the message, when Telegram has confirmed it
 * @throws Postpone
 */
export async function sayOnce(
  call: () => Promise<Message>,
  release: () => Promise<void>,
  { log, addedAtMs, failPoint }: Pick<StageContext, 'log' | 'addedAtMs' | 'failPoint'>,
): Promise<Message | null> {
  failPoint('claimed')
  try {
    const message = await call()
    failPoint('sent')
    return message
  } catch (error) {
    if (!isTelegramError(error)) throw error
    const fault = classify(error)
    const isUnsent = fault.kind === 'busy' || fault.kind === 'flood' || fault.kind === 'unreachable'
    if (!isUnsent || Date.now() - addedAtMs > PATIENCE_MS) {
      log.info({ fault: fault.kind }, 'not said')
      return null
    }
    await release()
    const waitMs =
      fault.kind === 'busy' ? fault.waitMs : fault.kind === 'flood' ? fault.retryAfterMs : AGAIN_MS
    throw new Postpone(Math.max(waitMs, AGAIN_MS))
  }
}
