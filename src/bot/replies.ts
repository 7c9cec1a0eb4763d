import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from 'grammy'
import type { InlineKeyboardMarkup } from 'grammy/types'
import type { Logger } from '../shared/logger.ts'
import { classify, type TelegramFault } from '../shared/telegram/classify.ts'

/** An answer that could not be given by then is of no use any more. */
const GIVE_UP_MS = 60_000

/** A Telegram that cannot be reached, or whose answer is lost, is asked again: twice the same words beat none. */
const AWAY_MS = 1000
/** Of calls whose answer was lost, and which may have said it. */
const MOST_IN_DOUBT = 3

function waitMsAfter(fault: TelegramFault): number | null {
  switch (fault.kind) {
    case 'busy':
      return fault.waitMs
    case 'flood':
      return fault.retryAfterMs
    case 'unreachable':
    case 'ambiguous':
      return AWAY_MS
    default:
      return null
  }
}

export type Replies = ReturnType<typeof createReplies>

/**
 * What the bot says itself. It is said in the background: a busy gate must not keep the next update waiting, and a
 * person who blocked the bot must not stop it. A lost reply loses no request, for those are in the queue by then.
 */
export function createReplies(log: Logger) {
  const pending = new Set<Promise<void>>()

  const attempt = async (call: () => Promise<unknown>): Promise<void> => {
    const giveUpAt = performance.now() + GIVE_UP_MS
    let inDoubt = 0
    for (;;) {
      try {
        await call()
        return
      } catch (error) {
        const fault = classify(error)
        if (fault.kind === 'ambiguous') inDoubt++
        const waitMs = inDoubt < MOST_IN_DOUBT ? waitMsAfter(fault) : null
        if (waitMs === null || performance.now() + waitMs > giveUpAt)
          return log.info({ fault: fault.kind }, 'a reply was not sent')
        await sleep(waitMs)
      }
    }
  }

  const run = (call: () => Promise<unknown>): void => {
    const running = attempt(call).finally(() => pending.delete(running))
    pending.add(running)
  }

  return {
    run,

    /** Answers a message, in its topic; in a group as an answer to it. */
    say(ctx: Context, text: string, keyboard?: InlineKeyboardMarkup): void {
      const { message, chat } = ctx
      if (!message || !chat) return
      run(() =>
        ctx.api.sendMessage(chat.id, text, {
          ...(message.is_topic_message && message.message_thread_id
            ? { message_thread_id: message.message_thread_id }
            : {}),
          ...(chat.type === 'private'
            ? {}
            : {
                reply_parameters: { message_id: message.message_id, allow_sending_without_reply: true },
              }),
          ...(keyboard ? { reply_markup: keyboard } : {}),
        }),
      )
    },

    /** Answers a press; Telegram shows a clock on the button until then. */
    toast: (ctx: Context, text?: string): void => run(() => ctx.answerCallbackQuery(text ? { text } : {})),

    /** When everything is said, or given up. */
    async settled(): Promise<void> {
      await Promise.all(pending)
    },
  }
}
