import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { FactsStore } from '../../queues/facts.ts'
import { StageError } from '../../queues/failure.ts'
import { productionId } from '../../queues/flow.ts'
import type { Joins } from '../../queues/join.ts'
import type { Keys } from '../../queues/keys.ts'
import type { Request } from '../../queues/request.ts'
import type { RequestStore } from '../../queues/requests.ts'
import type { Messages } from '../../src/shared/messages/messages.ts'
import { classify, type TelegramFault } from '../../src/shared/telegram/classify.ts'
import type { Telegram } from '../../src/shared/telegram/create-telegram.ts'
import type { Handler, StageContext } from '../context.ts'
import { Postpone } from '../postpone.ts'
import { queuePosition } from './queue-position.ts'
import { fingerprint, type ProductionProgress, type TicketView, ticketView } from './ticket-view.ts'

/**
 * A passing text is shown at most so often. It is also the time that a fast production has to end without a
 * single edit between the ticket and the media, which would cost the media its place at Telegram's gate.
 */
const EDIT_EVERY_MS = 3000
const WAIT_FOR_TICKET_MS = 200

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
  joins: Joins
  facts: FactsStore
  telegram: Telegram
  messages: Messages
}

export function createHandler(deps: NotifyDeps): Handler<'notify'> {
  const { redis, keys, requests, joins, facts, telegram, messages } = deps

  const viewOf = async (request: Request): Promise<TicketView | null> => {
    const known = request.state === 'choosing' ? await facts.ofLink(request.linkHash) : null
    const work = request.state === 'producing' ? await workOf(request) : { progress: null, position: null }
    return ticketView({ request, facts: known, ...work }, messages)
  }

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
  const show = async (request: Request, view: TicketView): Promise<string> => {
    const { ticket, chatId } = request
    const markup = { inline_keyboard: view.keyboard }
    const claim = await requests.claimTicket(ticket, 'ticket', Date.now())
    if (claim.how === 'wait') throw new Postpone(WAIT_FOR_TICKET_MS)
    if (claim.how === 'gone' && !(view.final && request.state === 'failed')) return 'no ticket'
    if (claim.messageId !== null) {
      await telegram.api.editMessageText(chatId, claim.messageId, view.text, { reply_markup: markup })
      return 'edited'
    }
    const message = await telegram.api.sendMessage(chatId, view.text, {
      reply_markup: markup,
      reply_parameters: { message_id: request.messageId, allow_sending_without_reply: true },
      ...(request.threadId ? { message_thread_id: request.threadId } : {}),
    })
    await requests.set(ticket, { ticketMessageId: message.message_id, ticketGone: '0' })
    return 'sent'
  }

  /** Brings the ticket up to date. @returns what was done. */
  const update = async (request: Request, context: StageContext): Promise<string> => {
    const view = await viewOf(request)
    if (!view || request.shown === fingerprint(view)) return 'nothing new'
    const waitMs = request.editedAtMs + EDIT_EVERY_MS - Date.now()
    if (!view.final && request.shown && waitMs > 0) throw new Postpone(waitMs)
    try {
      const how = await show(request, view)
      await requests.set(request.ticket, { shown: fingerprint(view), editedAtMs: Date.now() })
      return how
    } catch (error) {
      if (error instanceof Postpone) throw error
      const fault = classify(error)
      context.log.info({ fault: fault.kind }, 'Telegram')
      return await afterFault(fault, request, view, error)
    }
  }

  const afterFault = async (
    fault: TelegramFault,
    request: Request,
    view: TicketView,
    error: unknown,
  ): Promise<string> => {
    switch (fault.kind) {
      case 'not_modified':
        await requests.set(request.ticket, { shown: fingerprint(view) })
        return 'shown before'
      case 'message_gone':
        await requests.set(request.ticket, { ticketGone: '1', ticketMessageId: '' })
        // Who deletes a ticket does not want to see it; why there will be no media they are told all the same.
        if (request.state === 'failed' && !request.ticketGone) throw new Postpone(0)
        return 'ticket gone'
      case 'migrated':
        await requests.set(request.ticket, { chatId: fault.migrateToChatId, ticketMessageId: '' })
        throw new Postpone(0)
      case 'flood':
        throw new Postpone(fault.retryAfterMs)
      case 'busy':
        throw new Postpone(fault.waitMs)
      case 'unreachable':
      case 'ambiguous':
        throw new StageError('telegram_unavailable', { cause: error, detail: fault.kind })
      // Nobody can be told, or not in these words: the request goes on without a ticket.
      case 'chat_unreachable':
      case 'rejected':
      case 'file_too_big':
      case 'bad_file_id':
        return fault.kind
    }
  }

  return async ({ data }, context) => {
    const request = await requests.get(data.ticket)
    if (!request) return { how: 'unknown' }
    if (request.view !== data.view) return { how: 'overtaken' }
    const how = await update(request, context)
    await requests.shown(data.ticket, data.view)
    return { how }
  }
}
