import { join } from 'node:path'
import { fileTypeFromFile } from 'file-type'
import type { FileFacts } from './file-facts.ts'
import { inputFence } from './input-fence.ts'
import { type JpegContext, makeJpeg } from './jpeg.ts'

/** ffmpeg's demuxer is named, never guessed: by its name alone a picture could be a pattern for many files. */
const DEMUXERS: Record<string, string> = { jpg: 'jpeg_pipe', png: 'png_pipe', webp: 'webp_pipe' }
/** 35 megapixels; an 8192x8192 PNG of 196 KB takes 248 MB to decode. */
const MAX_PIXELS = ['-max_pixels', '35389440']
const MAX_SIDE = 1000
const MAX_BYTES = 1_000_000

/**
 * The cover of a song as a JPEG: the picture that the site offered (`offered`, a local path), or else the one in
 * the file.
 * @returns its path, or null when there is none that can be read.
 */
export async function prepareCover(
  source: { path: string; facts: FileFacts; offered: string | null },
  context: JpegContext,
): Promise<string | null> {
  const { path, facts, offered } = source
  const output = join(context.cwd, 'cover.jpg')
  const request = { maxSide: MAX_SIDE, maxBytes: MAX_BYTES, output }
  if (offered) {
    const type = await fileTypeFromFile(offered)
    const demuxer = DEMUXERS[type?.ext ?? '']
    const inputOptions = ['-protocol_whitelist', 'file,pipe', '-f', demuxer ?? '', ...MAX_PIXELS]
    const made = demuxer
      ? await makeJpeg({ ...request, source: offered, inputOptions, stream: 0 }, context)
      : null
    if (made) return made
    context.log.info('the offered cover cannot be read')
  }
  if (facts.coverIndex === null) return null
  const inputOptions = [...inputFence, ...MAX_PIXELS]
  return await makeJpeg({ ...request, source: path, inputOptions, stream: facts.coverIndex }, context)
}
