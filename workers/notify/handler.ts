import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { DirectSends } from '../../queues/direct-sends.ts'
import { failRequest } from '../../queues/end-request.ts'
import type { Events } from '../../queues/events.ts'
import type { FactsStore } from '../../queues/facts.ts'
import { productionId } from '../../queues/flow.ts'
import type { Joins } from '../../queues/join.ts'
import type { Keys } from '../../queues/keys.ts'
import { type MediaFacts, parseFormat } from '../../queues/media.ts'
import type { Notifier } from '../../queues/notifier.ts'
import type { Experiments } from '../../queues/people/experiments.ts'
import type { Request } from '../../queues/request.ts'
import type { RequestStore } from '../../queues/requests.ts'
import type { Messages } from '../../src/shared/messages/messages.ts'
import { redisNowMs } from '../../src/shared/redis.ts'
import { classify, isTelegramError, type TelegramFault } from '../../src/shared/telegram/classify.ts'
import { clientSignal } from '../../src/shared/telegram/client-signal.ts'
import type { Telegram } from '../../src/shared/telegram/create-telegram.ts'
import type { Handler, StageContext } from '../context.ts'
import { patientWaitMs } from '../patience.ts'
import { Postpone } from '../postpone.ts'
import { sendOnce } from '../send-once.ts'
import { queuePosition } from './queue-position.ts'
import { fingerprint, type ProductionProgress, type TicketView, ticketView } from './ticket-view.ts'

/**
 * A passing text is shown at most so often. It is also the time that a fast production has to end without a
 * single edit between the ticket and the media, which would cost the media its place at Telegram's gate.
 */
const EDIT_EVERY_MS = 3000
/** A gate without room is asked again after this, at the earliest. */
const BUSY_MS = 500
/** First wait for a Telegram that does not answer. */
const AWAY_MS = 1000

const numberOrNull = z.preprocess(
  (value) => (value === '' || value === undefined ? null : value),
  z.coerce.number().nullable(),
)
const StoredProgress = z.object({
  stage: z.string(),
  percent: numberOrNull,
  doneBytes: numberOrNull,
  totalBytes: numberOrNull,
})

export interface NotifyDeps {
  redis: Redis
  keys: Keys
  requests: RequestStore
  directSends: DirectSends
  joins: Joins
  notifier: Notifier
  events: Events
  facts: FactsStore
  experiments: Pick<Experiments, 'meet'>
  telegram: Telegram
  messages: Messages
}

export function createHandler(deps: NotifyDeps): Handler<'notify'> {
  const { redis, keys, requests, directSends, joins, notifier, facts, experiments, telegram, messages } = deps

  const viewOf = async (request: Request): Promise<TicketView | null> => {
    const known = request.state === 'choosing' ? await facts.ofLink(request.linkHash) : null
    const work = request.state === 'producing' ? await workOf(request) : { progress: null, position: null }
    const isHeld = request.state === 'asked' && request.waitUntilMs > 0
    const waitMs = isHeld ? request.waitUntilMs - (await redisNowMs(redis)) : 0
    const waitS = waitMs > 0 ? Math.ceil(waitMs / 1000) : null
    const order = known ? await orderFor(request, known) : undefined
    return ticketView({ request, facts: known, ...work, waitS, ...(order && { order }) }, messages)
  }

  /** Where there are both kinds of choices, their order may be tested. */
  const orderFor = async ({ botId, userId }: Request, { choices }: MediaFacts) =>
    new Set(choices.map(({ format }) => parseFormat(format).kind)).size > 1
      ? (await experiments.meet('buttons', botId, userId))?.order
      : undefined

  const workOf = async ({
    mediaKey,
    generation,
  }: Request): Promise<{ progress: ProductionProgress | null; position: number | null }> => {
    if (!mediaKey || generation === null) return { progress: null, position: null }
    const progress = StoredProgress.safeParse(await redis.hgetall(keys.progress(generation))).data ?? null
    if (progress) return { progress, position: null }
    const { starter = '' } = await joins.shared(mediaKey)
    return {
      progress,
      position: await queuePosition(redis, keys.prefix, 'fetch', productionId(starter, generation)),
    }
  }

  /** Puts a view into the chat: as the first message of the request, or over the one that is there. */
  const show = async (request: Request, view: TicketView, context: StageContext): Promise<string> => {
    const { chatId, ticketMessageId } = request
    const markup = { inline_keyboard: view.keyboard }
    if (ticketMessageId !== null && !request.ticketGone) {
      await telegram.api.editMessageText(chatId, ticketMessageId, view.text, { reply_markup: markup })
      context.failPoint('edited')
      return 'edited'
    }
    // Who cancels before there is a ticket was answered by the button or the command.
    if (request.state === 'cancelled') return 'no ticket'
    // Who deletes a ticket does not want to see it; why there will be no media they are told all the same.
    const leased = await directSends.ticketLease(request, request.state === 'failed')
    if (leased.how === 'gone') return 'no ticket'
    const first = await sendOnce(
      deps,
      leased,
      (signal) =>
        telegram.api.sendMessage(
          chatId,
          view.text,
          { ...answerTo(request), reply_markup: markup },
          clientSignal(signal),
        ),
      context,
    )
    // Meanwhile, by another run.
    if (first.how === 'before') throw new Postpone(0)
    if (first.how === 'spent') return await giveUp(request)
    // It took so long that the delivery came by itself: a ticket under the media would say nothing true.
    if (first.how === 'too late') await telegram.api.deleteMessage(chatId, first.message.message_id)
    return first.how
  }

  /**
   * Nobody knows whether the ticket ever came. Media come without one; but who is to choose, and sees nothing to press,
   * would wait for ever: they are told, and may try again.
   */
  const giveUp = async (request: Request): Promise<string> => {
    if (request.state === 'choosing') {
      await directSends.renewTicketCalls(request)
      await failRequest(deps, request, 'telegram_unavailable', 'notify')
    }
    return 'gave up'
  }

  /** Brings the ticket up to date. @returns what was done. */
  const update = async (request: Request, context: StageContext): Promise<string> => {
    const view = await viewOf(request)
    if (!view || request.shown === fingerprint(view)) return 'nothing new'
    // Never longer than that: another host noted when, and clocks jump.
    const waitMs = Math.min(request.editedAtMs + EDIT_EVERY_MS - Date.now(), EDIT_EVERY_MS)
    if (!view.final && request.ticketMessageId !== null && waitMs > 0) throw new Postpone(waitMs)
    try {
      const how = await show(request, view, context)
      await requests.set(request.ticket, { shown: fingerprint(view), editedAtMs: Date.now() })
      return how
    } catch (error) {
      if (!isTelegramError(error)) throw error
      const fault = classify(error)
      context.log.info({ fault: fault.kind }, 'Telegram')
      return await afterFault(fault, request, view, context)
    }
  }

  const afterFault = async (
    fault: TelegramFault,
    request: Request,
    view: TicketView,
    context: StageContext,
  ): Promise<string> => {
    const { ticket } = request
    switch (fault.kind) {
      case 'not_modified':
        await requests.set(ticket, { shown: fingerprint(view) })
        return 'shown before'
      case 'message_gone':
        await requests.set(ticket, { ticketGone: '1', ticketMessageId: '' })
        if (request.state === 'failed' && !request.ticketGone) throw new Postpone(0)
        return 'ticket gone'
      case 'migrated':
        await requests.set(ticket, { chatId: fault.migrateToChatId, ticketMessageId: '' })
        throw new Postpone(0)
      case 'flood':
        throw new Postpone(fault.retryAfterMs)
      case 'busy':
        throw new Postpone(Math.max(fault.waitMs, BUSY_MS))
      case 'unreachable':
      case 'ambiguous': {
        const waitMs = patientWaitMs(context, AWAY_MS)
        if (waitMs !== null) throw new Postpone(waitMs)
        return 'gave up'
      }
      // Nobody can be told, or not in these words: the request goes on without a ticket.
      case 'already_media':
      case 'chat_unreachable':
      case 'rejected':
      case 'file_too_big':
      case 'bad_file_id':
        return fault.kind
    }
  }

  return async ({ data: { ticket, view } }, context) => {
    const request = await requests.get(ticket)
    if (!request) return { how: 'unknown' }
    if (request.view !== view) return { how: 'overtaken' }
    const how = await update(request, context)
    await requests.shown(ticket, view)
    // Two edits may reach Telegram in the wrong order: if there was another change meanwhile, it is shown once more.
    if ((await requests.get(ticket))?.view !== view) {
      await requests.set(ticket, { shown: '' })
      await notifier.touch(ticket)
    }
    return { how }
  }
}

/** Where a first message goes: below the person's own, in its thread. */
const answerTo = ({ messageId, threadId }: Request) => ({
  reply_parameters: { message_id: messageId, allow_sending_without_reply: true },
  ...(threadId ? { message_thread_id: threadId } : {}),
})
