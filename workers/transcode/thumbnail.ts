import { join } from 'node:path'
import type { FileFacts } from './file-facts.ts'
import { inputFence, pixelFence } from './input-fence.ts'
import { type JpegContext, makeJpeg } from './jpeg.ts'

/** What Telegram takes: a JPEG of less than 200 kB that fits into 320x320 (Bot API, `thumbnail`). */
const MAX_SIDE = 320
const MAX_BYTES = 199_000
/** The first picture is often black. */
const MOMENT = 0.1

/**
 * A small picture of a finished video, in the shape in which it is seen.
 * @returns its path, or null: a missing thumbnail fails nothing.
 */
export async function videoThumbnail(
  path: string,
  facts: FileFacts,
  context: JpegContext,
): Promise<string | null> {
  const { video } = facts
  if (!video) return null
  for (const second of [(facts.durationS ?? 0) * MOMENT, 0]) {
    const inputOptions = [...inputFence, ...pixelFence, '-ss', second.toFixed(3)]
    const made = await makeJpeg(requestFor(path, inputOptions, video.index, context.cwd), context)
    if (made) return made
  }
  return null
}

/** The same from the cover of a song; `coverPath` is a JPEG of ours. */
export function coverThumbnail(coverPath: string, context: JpegContext): Promise<string | null> {
  return makeJpeg(requestFor(coverPath, ['-f', 'jpeg_pipe'], 0, context.cwd), context)
}

const requestFor = (source: string, inputOptions: string[], streamIndex: number, dir: string) => ({
  source,
  inputOptions,
  streamIndex,
  maxSide: MAX_SIDE,
  maxBytes: MAX_BYTES,
  output: join(dir, 'thumbnail.jpg'),
})
