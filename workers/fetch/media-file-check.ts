import { lstat } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileTypeFromFile } from 'file-type'
import { StageError } from '../../queues/failure.ts'

/** The containers that transcode opens, as yt-dlp names its files. */
const EXTENSIONS = new Set(
  'mp4 m4v mov 3gp webm mkv mka weba flv avi ts m4a mp3 ogg oga opus flac wav aac'.split(' '),
)
/** The same containers as their first bytes tell them; what a site calls a file proves nothing. */
const CONTAINERS =
  /^(video\/(mp4|quicktime|x-m4v|3gpp2?|webm|matroska|x-flv|vnd\.avi|mp2t|ogg)|audio\/(mp4|x-m4a|mpeg|ogg|opus|ogg; codecs=opus|x?-?flac|wav|vnd\.wave|aac|matroska)|application\/ogg)$/
const PICTURES = /^image\/(jpeg|png|webp)$/
const MAX_PICTURE_BYTES = 10 * 1024 * 1024

interface CheckedFile {
  /** Without the dot. */
  extension: string
  sizeBytes: number
}

/**
 * Looks at what came, before anything else opens it.
 * @throws StageError `not_media`, `too_large`.
 */
export async function checkMediaFile(path: string, maxBytes: number): Promise<CheckedFile> {
  const stats = await lstat(path)
  const extension = extname(path).slice(1).toLowerCase()
  if (!stats.isFile() || stats.size === 0) throw new StageError('not_media', { detail: 'empty or no file' })
  if (stats.size > maxBytes) throw new StageError('too_large')
  if (!EXTENSIONS.has(extension)) throw new StageError('not_media', { detail: 'its extension' })
  const type = await fileTypeFromFile(path)
  if (!type || !CONTAINERS.test(type.mime)) throw new StageError('not_media', { detail: 'its first bytes' })
  return { extension, sizeBytes: stats.size }
}

/** The extension of a picture by its first bytes; null when it is none, or too large to be a cover. */
export async function coverExtension(path: string): Promise<string | null> {
  const stats = await lstat(path)
  if (!stats.isFile() || stats.size > MAX_PICTURE_BYTES) return null
  const type = await fileTypeFromFile(path)
  return type && PICTURES.test(type.mime) ? type.ext : null
}
