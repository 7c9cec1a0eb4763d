import { rm, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { badRequest } from './api-error.ts'
import { download } from './download.ts'
import type { FileStore, MediaKind, StoredFile } from './file-store.ts'
import { imageSize } from './image-size.ts'
import { mimeTypeOf } from './mime-type.ts'
import type { Upload } from './request-body.ts'
import type { ServerMode } from './server-mode.ts'

export interface MediaRequest {
  botId: number
  uploads: ReadonlyMap<string, Upload>
  kind: MediaKind
  /** `attach://name`, `file:///path`, an http(s) address or a file_id; null: the upload under the name of the kind. */
  value: string
  /** The thumbnail's field: `attach://name` or, in local mode, a path. Anything else is ignored, as by the real server. */
  thumbnail: string
  width: number
  height: number
  durationS: number
  title: string
  performer: string
}

interface Source {
  path: string
  isOurs: boolean
  fileName: string
  sizeBytes: number
}

const MAX_LOCAL_BYTES = 2000 * 1024 * 1024
const MAX_URL_BYTES = 20 * 1024 * 1024
const MAX_URL_PHOTO_BYTES = 5 * 1024 * 1024
const MAX_PHOTO_BYTES = 10 * 1024 * 1024
const THUMBNAIL = { maxBytes: 200_000, maxSide: 320 }
const FILE_ID = /^[A-Za-z0-9_-]{20,}$/
const capital = (kind: string) => `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`

/** Formats that a kind does not take are sent as documents (core.telegram.org/bots/api, sendVideo and others). */
function effectiveKind(kind: MediaKind, mimeType: string): MediaKind {
  if (kind === 'video') return ['video/mp4', 'video/quicktime'].includes(mimeType) ? kind : 'document'
  if (kind === 'animation') return ['video/mp4', 'image/gif'].includes(mimeType) ? kind : 'document'
  if (kind === 'voice') return ['audio/ogg', 'audio/mpeg', 'audio/mp4'].includes(mimeType) ? kind : 'document'
  if (kind === 'audio') return mimeType.startsWith('audio/') ? kind : 'document'
  return kind
}

/** Turns a media field into a stored file. */
export function createMediaInput(mode: ServerMode, files: FileStore) {
  /** A file on the disk that was sent before is not sent again: TDLib knows it by its path. */
  const known = new Map<string, StoredFile>()

  const localPath = (value: string) => {
    if (mode !== 'local' || !value.startsWith('file:/')) return null
    try {
      return fileURLToPath(value)
    } catch {
      throw badRequest('wrong file URL specified')
    }
  }

  const localSource = async (path: string): Promise<Source & { mtimeMs: number }> => {
    const facts = await stat(path).catch(() => null)
    if (!facts?.isFile()) throw badRequest('invalid file path specified: file not found')
    return { path, isOurs: false, fileName: basename(path), sizeBytes: facts.size, mtimeMs: facts.mtimeMs }
  }

  const uploadOf = (value: string, uploads: ReadonlyMap<string, Upload>) =>
    value.startsWith('attach://') ? uploads.get(value.slice('attach://'.length)) : undefined

  const thumbnailOf = async ({
    botId,
    thumbnail,
    uploads,
    kind,
  }: MediaRequest): Promise<StoredFile | null> => {
    const path = localPath(thumbnail)
    const upload = uploadOf(thumbnail, uploads) ?? (thumbnail === '' ? uploads.get('thumbnail') : undefined)
    const source = path ? await localSource(path) : upload ? { ...upload, isOurs: true } : null
    if (!source || kind === 'photo' || kind === 'voice' || source.sizeBytes >= THUMBNAIL.maxBytes) return null
    const size = await imageSize(source.path)
    if (size?.format !== 'jpeg' || Math.max(size.width, size.height) > THUMBNAIL.maxSide) return null
    const { width, height } = size
    return files.add({
      ...BLANK,
      kind: 'thumbnail',
      botId,
      width,
      height,
      mimeType: 'image/jpeg',
      from: source,
    })
  }

  const store = async (request: MediaRequest, source: Source): Promise<StoredFile> => {
    const { kind, botId, durationS, title, performer } = request
    if (source.sizeBytes === 0) throw badRequest('file must be non-empty')
    const tooBig = `File "${source.fileName}" of size ${source.sizeBytes} bytes is too big`
    if (source.sizeBytes > MAX_LOCAL_BYTES) throw badRequest(tooBig)
    let { width, height } = request
    if (kind === 'photo') {
      if (source.sizeBytes > MAX_PHOTO_BYTES) throw badRequest(`${tooBig} for a photo`)
      const size = await imageSize(source.path)
      if (!size) throw badRequest('IMAGE_PROCESS_FAILED')
      if (size.width + size.height > 10_000) throw badRequest('PHOTO_INVALID_DIMENSIONS')
      ;({ width, height } = size)
    }
    const mimeType = mimeTypeOf(source.fileName)
    return files.add({
      kind: effectiveKind(kind, mimeType),
      botId,
      fileName: source.fileName,
      mimeType,
      width,
      height,
      durationS,
      title,
      performer,
      thumbnail: await thumbnailOf(request),
      from: source,
    })
  }

  const byFileId = ({ value, kind, botId }: MediaRequest): StoredFile => {
    if (value.includes('.') || value.includes('/'))
      throw badRequest('invalid file HTTP URL specified: Unsupported URL protocol')
    if (!FILE_ID.test(value))
      throw badRequest('wrong remote file identifier specified: Wrong padding in the string')
    const file = files.find(value)
    if (file?.botId !== botId) throw badRequest('wrong file identifier/HTTP URL specified')
    if (file.kind !== kind)
      throw badRequest(`can't use file of type ${capital(file.kind)} as ${capital(kind)}`)
    return file
  }

  /** @throws ApiError for what the real server refuses, in its words */
  return async (request: MediaRequest): Promise<StoredFile> => {
    const { value, uploads, kind, botId } = request
    const upload = value === '' ? uploads.get(kind) : uploadOf(value, uploads)
    if (upload) return store(request, { ...upload, isOurs: true })
    if (value === '' || value.startsWith('attach://')) throw badRequest(`there is no ${kind} in the request`)
    const path = localPath(value)
    if (path) {
      const source = await localSource(path)
      const key = JSON.stringify([botId, kind, path, source.sizeBytes, source.mtimeMs])
      const file = known.get(key) ?? (await store(request, source))
      known.set(key, file)
      return file
    }
    if (/^https?:\/\//i.test(value)) {
      const target = files.newUploadPath()
      try {
        const limit = kind === 'photo' ? MAX_URL_PHOTO_BYTES : MAX_URL_BYTES
        return await store(request, { ...(await download(value, target, limit)), isOurs: true })
      } finally {
        await rm(target, { force: true })
      }
    }
    return byFileId(request)
  }
}

const BLANK = { fileName: 'thumbnail.jpg', durationS: 0, title: '', performer: '', thumbnail: null }

export type MediaInput = ReturnType<typeof createMediaInput>
