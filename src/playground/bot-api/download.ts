import { createWriteStream } from 'node:fs'
import { basename, extname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { badRequest } from './api-error.ts'
import type { Upload } from './request-body.ts'

const TIMEOUT_MS = 60_000
const EXTENSION: Record<string, string> = {
  'video/mp4': '.mp4',
  'audio/mpeg': '.mp3',
  'audio/mp4': '.m4a',
  'image/jpeg': '.jpg',
  'image/png': '.png',
}

/** Fetches a file that a call names by address, as Telegram's own servers do. @throws ApiError with their texts */
export async function download(url: string, path: string, maxBytes: number): Promise<Upload> {
  const failed = () => badRequest('failed to get HTTP URL content')
  if (!URL.canParse(url)) throw badRequest('wrong HTTP URL specified')
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => null)
  if (!answer?.ok || !answer.body) {
    await answer?.body?.cancel()
    throw failed()
  }
  const type = answer.headers.get('content-type')?.split(';')[0] ?? ''
  if (type === 'text/html' || type === 'application/json') {
    await answer.body.cancel()
    throw badRequest('wrong type of the web page content')
  }
  let sizeBytes = 0
  await pipeline(
    chunksOf(answer.body, (length) => {
      sizeBytes += length
      if (sizeBytes > maxBytes) throw failed()
    }),
    createWriteStream(path),
  ).catch(() => {
    throw failed()
  })
  const name = decodeURIComponent(basename(new URL(url).pathname)) || 'file'
  return { path, fileName: extname(name) ? name : name + (EXTENSION[type] ?? ''), sizeBytes }
}

async function* chunksOf(body: ReadableStream<Uint8Array>, onChunk: (length: number) => void) {
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      onChunk(value.length)
      yield value
    }
  } finally {
    await reader.cancel()
  }
}
