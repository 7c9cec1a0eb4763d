import { StageError } from '../../queues/failure.ts'
import { classify, isTelegramError } from '../../src/shared/telegram/classify.ts'
import { Postpone } from '../postpone.ts'

const LEAST_WAIT_MS = 200

/**
 * Makes a call that sends something to a chat, and says of its failure what becomes of the job. Who waits at the gate
 * uses up no attempt.
 * @throws Postpone, StageError
 */
export async function toTelegram<T>(chatId: number, call: (chatId: number) => Promise<T>): Promise<T> {
  try {
    return await call(chatId)
  } catch (error) {
    if (!isTelegramError(error)) throw error
    const fault = classify(error)
    switch (fault.kind) {
      case 'busy':
        throw new Postpone(Math.max(fault.waitMs, LEAST_WAIT_MS))
      case 'flood':
        throw new Postpone(fault.retryAfterMs)
      case 'migrated':
        return await toTelegram(fault.migrateToChatId, call)
      case 'chat_unreachable':
        throw new StageError('chat_unreachable', { cause: error })
      case 'unreachable':
      case 'ambiguous':
        throw new StageError('telegram_unavailable', { cause: error })
      default:
        throw new StageError('telegram_rejected', { cause: error, detail: fault.kind })
    }
  }
}
