import type { Audio, Message, MessageEntity, PhotoSize, Video } from '@grammyjs/types'
import type { MediaKind } from './file-store.ts'
import { present } from './present.ts'
import type { Post } from './world-state.ts'

/** A message as the chat page gets it. */
export interface MessageView {
  id: number
  date: number
  editDate?: number
  from: { id: number; name: string; isBot: boolean }
  text?: string
  entities?: MessageEntity[]
  caption?: string
  captionEntities?: MessageEntity[]
  replyTo?: number
  threadId?: number
  media?: MediaView
  keyboard?: { text: string; data?: string; url?: string }[][]
}

interface MediaView {
  kind: MediaKind
  fileId: string
  width?: number
  height?: number
  duration?: number
  title?: string
  performer?: string
  fileName?: string
  mimeType?: string
  sizeBytes: number
  thumbFileId?: string
  streaming: boolean
}

export function messageView({ message, supportsStreaming }: Post): MessageView {
  const media = mediaView(message, supportsStreaming)
  const rows = message.reply_markup?.inline_keyboard
  const from = message.from
  return {
    id: message.message_id,
    date: message.date,
    from: { id: from?.id ?? 0, name: from?.first_name ?? '', isBot: from?.is_bot ?? false },
    ...present({
      editDate: message.edit_date,
      text: message.text ?? serviceText(message),
      entities: message.entities,
      caption: message.caption,
      captionEntities: message.caption_entities,
      replyTo: message.reply_to_message?.message_id,
      threadId: message.message_thread_id,
      media: media ?? undefined,
      keyboard: rows?.map((row) =>
        row.map((button) => ({
          text: button.text,
          ...('callback_data' in button ? { data: button.callback_data } : {}),
          ...('url' in button ? { url: button.url } : {}),
        })),
      ),
    }),
  }
}

function serviceText(message: Message): string | undefined {
  if (message.migrate_to_chat_id !== undefined) return `→ ${message.migrate_to_chat_id}`
  if (message.migrate_from_chat_id !== undefined) return `← ${message.migrate_from_chat_id}`
  return undefined
}

type AnyMedia = Partial<Omit<Video & Audio, 'thumbnail'>> & { file_id: string; thumbnail?: PhotoSize }

function mediaView(message: Message, streaming: boolean): MediaView | null {
  const found: [MediaKind, AnyMedia | undefined][] = [
    ['video', message.video],
    ['audio', message.audio],
    ['voice', message.voice],
    ['photo', message.photo?.at(-1)],
    // Before the document: an animation is shown as both.
    ['animation', message.animation],
    ['document', message.document],
  ]
  for (const [kind, media] of found) {
    if (!media) continue
    const { width, height, duration, title, performer } = media
    const named = {
      fileName: media.file_name,
      mimeType: media.mime_type,
      thumbFileId: media.thumbnail?.file_id,
    }
    const shown = present({ width, height, duration, title, performer, ...named })
    return { kind, fileId: media.file_id, sizeBytes: media.file_size ?? 0, streaming, ...shown }
  }
  return null
}
