import type { Message, PhotoSize } from '@grammyjs/types'
import type { FileStore, StoredFile } from './file-store.ts'
import { present } from './present.ts'

/** The field of a message that shows a stored file, in the shape of its kind. */
export function mediaContent(files: FileStore, file: StoredFile): Partial<Message> {
  const base = { file_id: files.fileIdOf(file), file_unique_id: file.uniqueId, file_size: file.sizeBytes }
  const named = { ...base, file_name: file.fileName, mime_type: file.mimeType }
  const thumbnail = file.thumbnail ? { thumbnail: photoSize(files, file.thumbnail) } : {}
  const frame = { width: file.width, height: file.height, duration: file.durationS }
  switch (file.kind) {
    case 'video':
      return { video: { ...named, ...frame, ...thumbnail } }
    case 'animation': {
      const animation = { ...named, ...frame, ...thumbnail }
      // For old clients an animation is a document too.
      return { animation, document: { ...named, ...thumbnail } }
    }
    case 'audio': {
      const tags = present({ title: file.title || undefined, performer: file.performer || undefined })
      return { audio: { ...named, duration: file.durationS, ...tags, ...thumbnail } }
    }
    case 'voice':
      return { voice: { ...base, mime_type: file.mimeType, duration: file.durationS } }
    case 'photo':
    case 'thumbnail':
      return { photo: [photoSize(files, file)] }
    case 'document':
      return { document: { ...named, ...thumbnail } }
  }
}

const photoSize = (files: FileStore, file: StoredFile): PhotoSize => ({
  file_id: files.fileIdOf(file),
  file_unique_id: file.uniqueId,
  file_size: file.sizeBytes,
  width: file.width,
  height: file.height,
})
