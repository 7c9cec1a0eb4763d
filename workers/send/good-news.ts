import { setTimeout as delay } from 'node:timers/promises'
import type { Request } from '../../queues/request.ts'
import type { RequestStore } from '../../queues/requests.ts'
import type { Messages } from '../../src/shared/messages/messages.ts'
import { classify, isTelegramError } from '../../src/shared/telegram/classify.ts'
import { clientSignal } from '../../src/shared/telegram/client-signal.ts'
import type { Telegram } from '../../src/shared/telegram/create-telegram.ts'
import type { StageContext } from '../context.ts'

/** The chat has just had its media, and may get a second message a second later. */
const TRIES = 5

interface GoodNewsDeps {
  requests: Pick<RequestStore, 'takeReplayed'>
  telegram: Telegram
  messages: Messages
}

/**
 * Tells somebody whose request had failed that it came through after all: an edit of an old ticket makes no sound. At
 * most once, and only if it can be: the media is there in any case.
 */
export async function tellGoodNews(
  { requests, telegram, messages }: GoodNewsDeps,
  { ticket, chatId, threadId, ticketMessageId, language }: Request,
  { signal, log }: Pick<StageContext, 'signal' | 'log'>,
): Promise<void> {
  // Before the call: what nobody knows the end of is not said again.
  if (!(await requests.takeReplayed(ticket)) || ticketMessageId === null) return
  const say = async (tries: number): Promise<void> => {
    try {
      await telegram.api.sendMessage(
        chatId,
        messages.text(language, 'ticket-good-news'),
        {
          reply_parameters: { message_id: ticketMessageId, allow_sending_without_reply: true },
          ...(threadId ? { message_thread_id: threadId } : {}),
        },
        clientSignal(signal),
      )
    } catch (error) {
      const fault = isTelegramError(error) ? classify(error) : null
      if (fault?.kind !== 'busy' || tries <= 1 || signal.aborted) throw error
      await delay(fault.waitMs, undefined, { signal })
      await say(tries - 1)
    }
  }
  await say(TRIES).catch((error: unknown) => log.info({ err: error }, 'the good news was not told'))
}
