import type { Request } from '../../queues/request.ts'
import { clientSignal } from '../../src/shared/telegram/client-signal.ts'
import type { Telegram } from '../../src/shared/telegram/create-telegram.ts'
import { type DeliveredMedia, sentFileOf } from './media-message.ts'

/** The ticket becomes the media. Safe to repeat: the second time nothing is modified. */
export async function editTicket(
  telegram: Telegram,
  request: Request,
  messageId: number,
  media: DeliveredMedia,
  signal: AbortSignal,
) {
  const { api } = telegram
  return sentFileOf(await api.editMessageMedia(request.chatId, messageId, media, {}, clientSignal(signal)))
}

/** A message of its own, in answer to the person's. Not safe to repeat: whoever calls keeps a marker. */
export async function sendDirectly(telegram: Telegram, request: Request, message: DeliveredMedia) {
  const { type, media, ...facts } = message
  const options = {
    ...facts,
    reply_parameters: { message_id: request.messageId, allow_sending_without_reply: true },
    ...(request.threadId ? { message_thread_id: request.threadId } : {}),
  }
  const { api } = telegram
  switch (type) {
    case 'video':
      return sentFileOf(await api.sendVideo(request.chatId, media, options))
    case 'audio':
      return sentFileOf(await api.sendAudio(request.chatId, media, options))
    case 'animation':
      return sentFileOf(await api.sendAnimation(request.chatId, media, options))
    case 'document':
      return sentFileOf(await api.sendDocument(request.chatId, media, options))
  }
}
