import { join } from 'node:path'
import type { FileFacts } from './file-facts.ts'
import { inputFence, narrowFence, pixelFence } from './input-fence.ts'
import { type JpegContext, type JpegRequest, makeJpeg } from './jpeg.ts'

/** What Telegram takes: a JPEG of less than 200 kB that fits into 320x320 (Bot API, `thumbnail`). */
const MAX_SIDE = 320
const MAX_BYTES = 199_000
/** The first picture is often black. */
const MOMENT = 0.1
/** What comes before has to be decoded when there is no key frame behind it. A very short clip has but one. */
const KEY_FRAMES_FROM_S = 1

/**
 * A small picture of a finished video, in the shape in which it is seen.
 * @returns its path, or null: a missing thumbnail fails nothing.
 */
export async function videoThumbnail(
  path: string,
  { video, durationS }: FileFacts,
  context: JpegContext,
): Promise<string | null> {
  if (!video) return null
  const fence = [...inputFence, ...pixelFence]
  const second = (durationS ?? 0) * MOMENT
  for (const moment of [...momentsAt(second), everyFrameFrom(0)]) {
    const made = await makeJpeg(requestFor(path, [...fence, ...moment], video.index, context.cwd), context)
    if (made) return made
  }
  return null
}

/**
 * The same while ffprobe still looks at the file, which takes as long; `durationS` is a guess. One attempt, and only
 * for what we would hand over: nobody has judged the file yet, so it is let do less than afterwards.
 */
export async function earlyThumbnail(
  path: string,
  durationS: number,
  context: JpegContext,
): Promise<string | null> {
  const [moment = []] = momentsAt(durationS * MOMENT)
  return await makeJpeg(
    requestFor(path, [...inputFence, ...narrowFence, ...moment], 'V:0', context.cwd),
    context,
  )
}

/** The same from the cover of a song; `coverPath` is a JPEG of ours. */
export function coverThumbnail(coverPath: string, context: JpegContext): Promise<string | null> {
  return makeJpeg(requestFor(coverPath, ['-f', 'jpeg_pipe'], 0, context.cwd), context)
}

/** Input options, the cheapest first: two key frames instead of all pictures up to the moment. */
function momentsAt(second: number): string[][] {
  const everyFrame = everyFrameFrom(second)
  return second < KEY_FRAMES_FROM_S ? [everyFrame] : [['-skip_frame', 'nokey', ...everyFrame], everyFrame]
}

/** One thread: several would wait for as many pictures before they gave the first one. */
const everyFrameFrom = (second: number) => ['-threads', '1', '-ss', second.toFixed(3)]

const requestFor = (
  source: string,
  inputOptions: string[],
  stream: JpegRequest['stream'],
  dir: string,
): JpegRequest => ({
  source,
  inputOptions,
  stream,
  maxSide: MAX_SIDE,
  maxBytes: MAX_BYTES,
  output: join(dir, 'thumbnail.jpg'),
})
