import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import createBusboy from 'busboy'
import { z } from 'zod'
import { ApiError, badRequest } from './api-error.ts'

export interface Upload {
  path: string
  fileName: string
  sizeBytes: number
}

export interface RequestBody {
  fields: Record<string, unknown>
  uploads: Map<string, Upload>
}

interface ReadOptions {
  /** A new path for a file. */
  newUploadPath: () => string
  maxFileBytes: number
  /** Called with the sum of bytes so far; what it throws ends the reading. */
  onBytes: (receivedBytes: number) => void
}

/** Only texts travel outside of files; the server's own limit is of this order. */
const MAX_TEXT_BYTES = 8 * 1024 * 1024
const Fields = z.record(z.string(), z.unknown())

/**
 * Reads JSON, urlencoded or multipart, and the query string. Files go to the disk as they come.
 * @throws ApiError 413 for a file over the limit (the rest is read first, so that the client hears the answer), 400
 * for what cannot be parsed.
 */
export async function readRequestBody(request: IncomingMessage, options: ReadOptions): Promise<RequestBody> {
  const query = new URL(request.url ?? '/', 'http://localhost').searchParams
  const fields: Record<string, unknown> = Object.fromEntries(query)
  const type = request.headers['content-type'] ?? ''
  if (type.startsWith('multipart/form-data')) return readMultipart(request, fields, options)

  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of request) {
    sizeBytes += chunk.length
    options.onBytes(sizeBytes)
    if (sizeBytes <= MAX_TEXT_BYTES) chunks.push(chunk)
  }
  if (sizeBytes > MAX_TEXT_BYTES) throw new ApiError(413, 'Request Entity Too Large')
  const text = Buffer.concat(chunks).toString('utf8')
  if (type.startsWith('application/json')) Object.assign(fields, parseJson(text))
  else if (type.startsWith('application/x-www-form-urlencoded'))
    Object.assign(fields, Object.fromEntries(new URLSearchParams(text)))
  return { fields, uploads: new Map() }
}

function parseJson(text: string) {
  if (text.trim() === '') return {}
  try {
    return Fields.parse(JSON.parse(text))
  } catch {
    throw badRequest("can't parse JSON object")
  }
}

async function readMultipart(
  request: IncomingMessage,
  fields: Record<string, unknown>,
  { newUploadPath, maxFileBytes, onBytes }: ReadOptions,
): Promise<RequestBody> {
  const uploads = new Map<string, Upload>()
  const paths: string[] = []
  const writing: Promise<unknown>[] = []
  let isTooLarge = false

  const parser = createBusboy({
    headers: request.headers,
    defParamCharset: 'utf8',
    limits: { fileSize: maxFileBytes, fieldSize: MAX_TEXT_BYTES },
  })
  parser.on('field', (name, value) => {
    fields[name] = value
  })
  parser.on('file', (name, stream, { filename }) => {
    const path = newUploadPath()
    paths.push(path)
    const upload = { path, fileName: filename || 'file', sizeBytes: 0 }
    stream.on('data', (chunk: Buffer) => {
      upload.sizeBytes += chunk.length
    })
    stream.on('limit', () => {
      isTooLarge = true
    })
    const written = pipeline(stream, createWriteStream(path)).then(() => uploads.set(name, upload))
    // Looked at below, together; until then a failure must not count as unhandled.
    written.catch(() => undefined)
    writing.push(written)
  })

  let receivedBytes = 0
  try {
    await pipeline(
      request,
      async function* count(source: AsyncIterable<Buffer>) {
        for await (const chunk of source) {
          receivedBytes += chunk.length
          onBytes(receivedBytes)
          yield chunk
        }
      },
      parser,
    )
    await Promise.all(writing)
    if (isTooLarge) throw new ApiError(413, 'Request Entity Too Large')
    return { fields, uploads }
  } catch (error) {
    await Promise.allSettled(writing)
    await Promise.all(paths.map((path) => rm(path, { force: true })))
    throw error
  }
}
