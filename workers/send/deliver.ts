import type { Message } from 'grammy/types'
import type { Claim, DirectSends } from '../../queues/direct-sends.ts'
import { StageError } from '../../queues/failure.ts'
import type { Request } from '../../queues/request.ts'
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
  directSends: DirectSends
  telegram: Telegram
}

interface Delivering {
  request: Request
  /** Null when nobody has claimed the ticket yet. */
  claim: Claim | null
  context: StageContext
}

/**
 * Edits the ticket, or sends a message of its own where there is no ticket to edit.
 * @throws StageError telegram_unavailable when nobody knows the end of too many calls; what the calls throw
 */
export async function deliver(
  deps: DeliverDeps,
  { request, claim, context }: Delivering,
  message: DeliveredMedia,
): Promise<{ how: string; sent: Omit<SentFile, 'file'> | null }> {
  const { directSends, telegram } = deps
  const claimed = claim ?? (await directSends.claim(request))
  if (claimed.how === 'busy') throw new Postpone(WAIT_FOR_TICKET_MS)
  if (claimed.how === 'message') {
    const edited = await editTicket(telegram, request, claimed.messageId, message, context.signal)
    context.failPoint('sent')
    return { how: 'edited', sent: sentFileOf(edited) }
  }
  const direct = await sendOnce(
    deps,
    claimed.leased,
    (signal) => sendDirectly(telegram, request, message, signal),
    context,
  )
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
