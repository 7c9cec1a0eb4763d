import type { InputFile } from 'grammy'
import type {
  InputMediaAnimation,
  InputMediaAudio,
  InputMediaDocument,
  InputMediaVideo,
  Message,
} from 'grammy/types'
import type { MediaFile } from '../../queues/media.ts'
import type { SentFile } from '../../queues/sent-files.ts'

/** Telegram's limit, in UTF-16 units (core.telegram.org/bots/api#inputmediavideo). */
const MAX_CAPTION = 1024

export type DeliveredMedia = InputMediaVideo | InputMediaAudio | InputMediaAnimation | InputMediaDocument

/** What is said about a file in Telegram. `media` and `thumbnail` come from `telegram.mediaInput` only. */
export function mediaMessage(
  file: MediaFile,
  media: InputFile | string,
  thumbnail: InputFile | undefined,
  kind: SentFile['kind'] = file.kind,
): DeliveredMedia {
  const pictured = thumbnail ? { thumbnail } : {}
  const duration = Math.round(file.durationS)
  if (kind === 'audio') {
    const tags = { title: file.title, ...(file.performer ? { performer: file.performer } : {}) }
    return { type: 'audio', media, duration, ...tags, ...pictured }
  }
  const caption = { caption: file.title.slice(0, MAX_CAPTION) }
  if (kind === 'document') return { type: 'document', media, ...caption, ...pictured }
  // Width, height and duration are never left to Telegram: above some 10 MB it does not look into the file.
  const size = { duration, ...(file.width && file.height ? { width: file.width, height: file.height } : {}) }
  if (kind === 'animation') return { type: 'animation', media, ...size, ...caption, ...pictured }
  return { type: 'video', media, ...size, supports_streaming: true, ...caption, ...pictured }
}

/** The file_id in an answer. Telegram may have made something else of a file, a silent video an animation. */
export function sentFileOf(message: Message | true): Omit<SentFile, 'file'> | null {
  if (message === true) return null
  if (message.video) return { kind: 'video', fileId: message.video.file_id }
  if (message.audio) return { kind: 'audio', fileId: message.audio.file_id }
  // An animation is a document too, for old clients: look for it first.
  if (message.animation) return { kind: 'animation', fileId: message.animation.file_id }
  if (message.document) return { kind: 'document', fileId: message.document.file_id }
  return null
}
