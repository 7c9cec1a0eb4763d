import type { Message } from 'grammy/types'
import type { DirectSends } from '../../queues/direct-sends.ts'
import { StageError } from '../../queues/failure.ts'
import type { Request } from '../../queues/request.ts'
import type { RequestStore } from '../../queues/requests.ts'
import type { SentFile } from '../../queues/sent-files.ts'
import { clientSignal } from '../../src/shared/telegram/client-signal.ts'
import type { Telegram } from '../../src/shared/telegram/create-telegram.ts'
import type { StageContext } from '../context.ts'
import { Postpone } from '../postpone.ts'
import { sendOnce } from '../send-once.ts'
import { type DeliveredMedia, sentFileOf } from './media-message.ts'

/** How soon a delivery looks again whether the ticket that is being sent is there. */
const WAIT_FOR_TICKET_MS = 200

interface DeliverDeps {
  requests: RequestStore
  directSends: DirectSends
  telegram: Telegram
}

/**
 * Edits the ticket, or sends a message of its own where there is no ticket to edit.
 * @throws StageError telegram_unavailable when nobody knows the end of too many calls; what the calls throw
 */
export async function deliver(
  deps: DeliverDeps,
  { request, context }: { request: Request; context: StageContext },
  message: DeliveredMedia,
): Promise<{ how: string; sent: Omit<SentFile, 'file'> | null }> {
  const { requests, directSends, telegram } = deps
  // In one round trip: a lease is given only where the claim before it has found no ticket.
  const [claim, leased] = await Promise.all([
    requests.claimTicket(request.ticket),
    directSends.lease(request, 'direct'),
  ])
  if (claim.how === 'wait') throw new Postpone(WAIT_FOR_TICKET_MS)
  if (claim.how === 'message') {
    const edited = await editTicket(telegram, request, claim.messageId, message, context.signal)
    context.failPoint('sent')
    return { how: 'edited', sent: sentFileOf(edited) }
  }
  const direct = await sendOnce(
    deps,
    // Whoever came between the two, or made Redis take them in another order: it is asked again.
    { request, what: 'direct', ...(leased.how !== 'gone' && { leased }) },
    (signal) => sendDirectly(telegram, request, message, signal),
    context,
  )
  // A ticket has come meanwhile.
  if (direct.how === 'gone') throw new Postpone(WAIT_FOR_TICKET_MS)
  if (direct.how === 'spent') throw new StageError('telegram_unavailable')
  return 'message' in direct
    ? { how: 'sent', sent: sentFileOf(direct.message) }
    : { how: 'sent before', sent: null }
}

/** The ticket becomes the media. Safe to repeat: the second time nothing is modified. */
const editTicket = (
  { api }: Telegram,
  request: Request,
  messageId: number,
  media: DeliveredMedia,
  signal: AbortSignal,
) => api.editMessageMedia(request.chatId, messageId, media, {}, clientSignal(signal))

/** A message of its own, in answer to the person's. Not safe to repeat: only for `sendOnce`. */
async function sendDirectly(
  { api }: Telegram,
  request: Request,
  message: DeliveredMedia,
  signal: AbortSignal,
): Promise<Message> {
  const { type, media, ...facts } = message
  const options = {
    ...facts,
    reply_parameters: { message_id: request.messageId, allow_sending_without_reply: true },
    ...(request.threadId ? { message_thread_id: request.threadId } : {}),
  }
  switch (type) {
    case 'video':
      return await api.sendVideo(request.chatId, media, options, clientSignal(signal))
    case 'audio':
      return await api.sendAudio(request.chatId, media, options, clientSignal(signal))
    case 'animation':
      return await api.sendAnimation(request.chatId, media, options, clientSignal(signal))
    case 'document':
      return await api.sendDocument(request.chatId, media, options, clientSignal(signal))
  }
}
