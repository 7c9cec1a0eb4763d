import { open } from 'node:fs/promises'
import { execa } from 'execa'
import { z } from 'zod'
import { GUARD } from '../../shared/guarded-process.ts'
import { findTools } from '../tools.ts'

const Stream = z.object({
  codec_type: z.string(),
  codec_name: z.string().optional(),
  pix_fmt: z.string().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
  disposition: z.object({ attached_pic: z.number() }),
  side_data_list: z.array(z.looseObject({ rotation: z.number().optional() })).default([]),
})
const Probe = z.object({
  streams: z.array(Stream),
  format: z.object({
    format_name: z.string(),
    duration: z.coerce.number(),
    tags: z.record(z.string(), z.string()).default({}),
  }),
})

/** What ffprobe finds in a file, and in which order the boxes of an mp4 stand. */
export async function fileFacts(path: string) {
  const options = ['-v', 'error', '-of', 'json', '-show_streams', '-show_format', path]
  const { stdout } = await execa(GUARD, [findTools().ffprobePath, ...options])
  const { streams, format } = Probe.parse(JSON.parse(stdout))
  const isCover = (stream: (typeof streams)[number]) => stream.disposition.attached_pic === 1
  const video = streams.find((stream) => stream.codec_type === 'video' && !isCover(stream))
  return {
    format,
    video,
    audio: streams.find((stream) => stream.codec_type === 'audio'),
    cover: streams.find(isCover),
    boxes: format.format_name.includes('mp4') ? await boxesOf(path) : [],
  }
}

/** The names of the outermost boxes (ISO/IEC 14496-12, 4.2). */
async function boxesOf(path: string): Promise<string[]> {
  const file = await open(path)
  try {
    const names: string[] = []
    const { size: end } = await file.stat()
    const head = Buffer.alloc(16)
    for (let at = 0; at < end; ) {
      await file.read({ buffer: head, position: at })
      const size = head.readUInt32BE(0)
      names.push(head.toString('latin1', 4, 8))
      at += size === 1 ? Number(head.readBigUInt64BE(8)) : size === 0 ? end : size
    }
    return names
  } finally {
    await file.close()
  }
}
