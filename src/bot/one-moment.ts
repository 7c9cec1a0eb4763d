import { setTimeout as sleep } from 'node:timers/promises'
import type { Api } from 'grammy'
import type { Update } from 'grammy/types'
import type { Logger } from '../shared/logger.ts'
import { languageOf } from '../shared/messages/language.ts'
import type { Messages } from '../shared/messages/messages.ts'
import { classify } from '../shared/telegram/classify.ts'

/** Below Telegram's 30 a second: the gate is in Redis, and Redis is what is away. */
const SPACING_MS = 50
/** With a webhook nobody can say when the outage is over. */
const ONCE_PER_MS = 3600_000

export type OneMoment = ReturnType<typeof createOneMoment>

/** Tells people that they have to wait, once per chat and outage. `api` must not go through the gate. */
export function createOneMoment(api: Api, messages: Messages, log: Logger) {
  const told = new Map<number, number>()
  let queue: Promise<void> = Promise.resolve()

  const tell = async (update: Update): Promise<void> => {
    const { message, callback_query: press } = update
    const language = languageOf((message ?? press)?.from?.language_code)
    const text = messages.text(language, 'one-moment')
    try {
      if (press) await api.answerCallbackQuery(press.id, { text })
      else if (message) await api.sendMessage(message.chat.id, text)
    } catch (error) {
      log.info({ fault: classify(error).kind }, 'a reply was not sent')
    }
    await sleep(SPACING_MS)
  }

  const isTold = (chatId: number) => {
    const at = told.get(chatId)
    return at !== undefined && performance.now() - at < ONCE_PER_MS
  }

  return {
    /** Returns at once. Groups are not told: most of what is written there is not for us. */
    tell(updates: readonly Update[]): void {
      for (const update of updates) {
        const chat = update.message?.chat ?? update.callback_query?.message?.chat
        if (!chat || (update.message && chat.type !== 'private') || isTold(chat.id)) continue
        told.set(chat.id, performance.now())
        queue = queue.then(() => tell(update))
      }
    },

    /** The outage is over; the next one is told again. */
    over: (): void => told.clear(),

    settled: (): Promise<void> => queue,
  }
}
