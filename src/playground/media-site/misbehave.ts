import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Request, Response } from 'express'
import type { BodyName } from './catalogue.ts'
import { paced } from './paced.ts'

const SLOW_S = 20
const FLOOD_BYTES_PER_SECOND = 8 * 1024 * 1024
const HUGE_BYTES = 3 * 1024 ** 3
const STALL_AFTER_BYTES = 64 * 1024

/** The other side went away: what these bodies are for. */
const unlessGone = (error: unknown) => {
  if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE')) throw error
}

function* noise(): Generator<Uint8Array> {
  const block = new Uint8Array(256 * 1024).map((_, n) => (n * 2_654_435_761) >>> 13)
  while (true) yield block
}

async function* part(path: string, start: number, end: number): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path, { start, end })
}

const rateOf = (request: Request, otherwise: number) => {
  const asked = Number(request.query.bytesPerSecond)
  return asked > 0 ? asked : otherwise
}

/** A file at a limited pace (`?bytesPerSecond=`; without it, so that the whole takes 20 s), in ranges if asked. */
export async function sendSlowly(request: Request, response: Response, path: string): Promise<void> {
  const { size } = await stat(path)
  const ranges = request.range(size)
  const range = Array.isArray(ranges) ? ranges[0] : undefined
  const { start, end } = range ?? { start: 0, end: size - 1 }
  response.set({ 'accept-ranges': 'bytes', 'content-length': String(end - start + 1) }).type('mp4')
  if (range) response.status(206).set('content-range', `bytes ${start}-${end}/${size}`)
  if (request.method === 'HEAD') return void response.end()
  const body = paced(part(path, start, end), rateOf(request, size / SLOW_S))
  await pipeline(Readable.from(body, { objectMode: false }), response).catch(unlessGone)
}

/** Sends one of the bodies that a downloader must be able to survive. */
export async function misbehave(
  request: Request,
  response: Response,
  name: BodyName,
  media: string,
): Promise<void> {
  const good = join(media, 'ready.mp4')
  response.type('mp4')
  const { size } = await stat(good)
  if (name === 'huge') response.set('content-length', String(HUGE_BYTES))
  if (name === 'stall' || name === 'drip') response.set('content-length', String(size))
  if (request.method === 'HEAD') return void response.end()
  if (name === 'stall') {
    for await (const chunk of part(good, 0, STALL_AFTER_BYTES - 1)) response.write(chunk)
    return
  }
  const body = {
    endless: () => paced(Readable.from(noise()), rateOf(request, FLOOD_BYTES_PER_SECOND)),
    huge: () => paced(Readable.from(noise()), rateOf(request, FLOOD_BYTES_PER_SECOND)),
    drip: () => paced(part(good, 0, size - 1), rateOf(request, 2)),
    garbled: () => Readable.from(noise()).take(1),
  }[name]()
  await pipeline(Readable.from(body, { objectMode: false }), response).catch(unlessGone)
}
