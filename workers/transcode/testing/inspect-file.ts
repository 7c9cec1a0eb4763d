import { readFile } from 'node:fs/promises'
import { execa } from 'execa'
import { z } from 'zod'
import { GUARD } from '../../../src/shared/guarded-process.ts'

const Stream = z.object({
  codec_type: z.string(),
  codec_name: z.string().optional(),
  profile: z.string().optional(),
  level: z.number().optional(),
  pix_fmt: z.string().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
  channels: z.number().optional(),
  color_transfer: z.string().optional(),
  sample_aspect_ratio: z.string().optional(),
  disposition: z.object({ attached_pic: z.number() }),
  side_data_list: z.array(z.looseObject({})).optional(),
})
const Output = z.object({
  streams: z.array(Stream),
  format: z.object({
    format_name: z.string(),
    duration: z.coerce.number(),
    tags: z.record(z.string(), z.string()).default({}),
  }),
})

const tool = async (args: string[]) => await execa(GUARD, args, { encoding: 'buffer' })

/** What ffprobe says about a file, by another way than the product asks it. */
export async function inspectFile(path: string) {
  const { stdout } = await tool([
    'ffprobe',
    '-v',
    'error',
    '-of',
    'json',
    '-show_streams',
    '-show_format',
    path,
  ])
  const { streams, format } = Output.parse(JSON.parse(Buffer.from(stdout).toString()))
  const bytes = await readFile(path)
  return {
    streams,
    format,
    video: streams.find((s) => s.codec_type === 'video' && !s.disposition.attached_pic),
    audio: streams.find((s) => s.codec_type === 'audio'),
    cover: streams.find((s) => s.disposition.attached_pic),
    indexFirst: bytes.indexOf('moov') !== -1 && bytes.indexOf('moov') < bytes.indexOf('mdat'),
  }
}

/** The colours of the first picture as it is shown, scaled to `size` (like `2x1`): [red, green, blue] of each pixel. */
export async function coloursOf(path: string, size: string): Promise<number[][]> {
  const { stdout } = await tool(
    `ffmpeg -v error -i ${path} -frames:v 1 -s ${size} -pix_fmt rgb24 -f rawvideo pipe:1`.split(' '),
  )
  const values = [...Buffer.from(stdout)]
  return Array.from({ length: values.length / 3 }, (_, n) => values.slice(3 * n, 3 * n + 3))
}
