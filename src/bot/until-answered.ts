import { setTimeout as sleep } from 'node:timers/promises'
import { GrammyError } from 'grammy'
import type { Logger } from '../shared/logger.ts'
import { classify } from '../shared/telegram/classify.ts'

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 10_000

/**
 * Asks Telegram until it answers: a bot that starts before its Bot API server does must not end for it.
 * @throws the error when Telegram answers with a refusal (a wrong token, a bad webhook address), or when `signal` aborts.
 */
export async function untilAnswered<T>(
  call: () => Promise<T>,
  { log, signal }: { log: Logger; signal: AbortSignal },
): Promise<T> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, 2 * waitMs)) {
    try {
      return await call()
    } catch (error) {
      signal.throwIfAborted()
      const fault = classify(error)
      if (error instanceof GrammyError && error.error_code < 500) throw error
      log.warn({ fault: fault.kind }, 'Telegram does not answer yet')
      await sleep(fault.kind === 'flood' ? fault.retryAfterMs : waitMs, undefined, { signal })
    }
  }
}
