import { stat } from 'node:fs/promises'
import type { Logger } from '../../src/shared/logger.ts'
import type { Ffmpeg } from './ffmpeg.ts'

/** Where a picture comes from, and how large it may become. */
export interface JpegRequest {
  source: string
  /** Before the input: the fence, the demuxer, the moment. */
  inputOptions: readonly string[]
  /** A number, or ffmpeg's words for a stream of whose number nobody knows. */
  stream: number | 'V:0'
  /** Never enlarged, the shape is kept. */
  maxSide: number
  /** Rougher until it fits. */
  maxBytes: number
  output: string
}

export interface JpegContext {
  ffmpeg: Ffmpeg
  signal: AbortSignal
  log: Logger
  /** A folder of its own for the run. */
  cwd: string
}

const DEADLINE_MS = 120_000
/** ffmpeg's scale: 2 is the best, 31 the worst. */
const QUALITIES = [4, 12, 28]

/**
 * Makes one JPEG. It is decoration: whatever goes wrong is a line in the log and a null, except for an abort.
 * @returns the path of the output, or null.
 */
export async function makeJpeg(request: JpegRequest, context: JpegContext): Promise<string | null> {
  const { ffmpeg, signal, log, cwd } = context
  for (const quality of QUALITIES) {
    try {
      await ffmpeg.run(
        {
          inputs: [{ path: request.source, options: request.inputOptions }],
          options: jpegOptions(request, quality),
          output: request.output,
          durationS: null,
        },
        { signal, cwd, deadlineMs: DEADLINE_MS, stallMs: DEADLINE_MS },
      )
      const { size } = await stat(request.output)
      if (size > 0 && size <= request.maxBytes) return request.output
      // No picture at that moment: another quality will not find one.
      if (size === 0) return null
    } catch (error) {
      signal.throwIfAborted()
      log.debug({ err: error }, 'no picture')
      return null
    }
  }
  return null
}

function jpegOptions({ stream, maxSide }: JpegRequest, quality: number): string[] {
  const fit = `scale=w=min(${maxSide}\\,iw):h=min(${maxSide}\\,ih):force_original_aspect_ratio=decrease`
  return [
    ...['-map', `0:${stream}`, '-frames:v', '1', '-vf', `${fit},setsar=1`, '-map_metadata', '-1'],
    ...['-threads', '1', '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-q:v', String(quality), '-f', 'mjpeg'],
  ]
}
