import { z } from 'zod'
import type { Mp4Layout } from './mp4-layout.ts'

export interface VideoFacts {
  index: number
  /** ffmpeg's names. */
  codec: string
  profile: string | null
  pixelFormat: string | null
  /** Ten times the level for H.264. */
  level: number | null
  /** As stored. */
  width: number
  height: number
  /** As seen: rotation and the shape of the pixels applied. */
  seenWidth: number
  seenHeight: number
  /** Width of a pixel by its height. */
  pixelAspect: number
  /** Degrees, a multiple of 90 (or nearly so, for a file that says something odd), 0 to 359. */
  rotation: number
  frameRate: number | null
  /** Pictures; counted in an mp4, otherwise an estimate from rate and duration. */
  frames: number | null
  hdr: 'pq' | 'hlg' | null
}

export interface AudioFacts {
  index: number
  codec: string
  profile: string | null
  sampleRateHz: number | null
}

/** What is in a file. All of it was said by the file itself: untrusted, and often wrong. */
export interface FileFacts {
  /** The names of the demuxer: `mov,mp4,m4a,…` as a list. */
  containers: string[]
  sizeBytes: number
  durationS: number | null
  streams: number
  video: VideoFacts | null
  audio: AudioFacts | null
  /** A picture that belongs to the whole file (the cover of a song): the index of its stream. */
  coverIndex: number | null
  title: string | null
  artist: string | null
  mp4: Mp4Layout | null
}

const number = z.coerce.number().nullable().catch(null)
const text = z.string().nullable().catch(null)

const Stream = z.object({
  index: z.number().int(),
  codec_type: text,
  codec_name: text,
  profile: text,
  pix_fmt: text,
  level: number,
  width: number,
  height: number,
  sample_aspect_ratio: text,
  avg_frame_rate: text,
  nb_frames: number,
  duration: number,
  sample_rate: number,
  color_transfer: text,
  disposition: z.object({ attached_pic: number, default: number }).partial().optional(),
  tags: z.object({ rotate: number }).partial().optional(),
  side_data_list: z.array(z.object({ rotation: number }).partial()).optional(),
})
type Stream = z.infer<typeof Stream>

/** What ffprobe writes with `-of json`; see `PROBE_ENTRIES`. */
export const ProbeOutput = z.object({
  streams: z.array(Stream).default([]),
  format: z.object({
    format_name: z.string(),
    duration: number,
    tags: z.object({ title: text, artist: text }).partial().optional(),
  }),
})
export type ProbeOutput = z.infer<typeof ProbeOutput>

export const PROBE_ENTRIES = [
  'format=format_name,duration',
  'format_tags=title,artist',
  'stream=index,codec_type,codec_name,profile,pix_fmt,level,width,height,sample_aspect_ratio,avg_frame_rate,nb_frames,duration,sample_rate,color_transfer',
  'stream_tags=rotate',
  'stream_disposition=attached_pic,default',
  'stream_side_data=rotation',
].join(':')

/** Pure: from what ffprobe wrote to what we want to know. */
export function factsOf(output: ProbeOutput, sizeBytes: number, mp4: Mp4Layout | null): FileFacts {
  const { streams, format } = output
  const isCover = (stream: Stream) => stream.disposition?.attached_pic === 1
  const videos = streams.filter((s) => s.codec_type === 'video' && !isCover(s))
  const audios = streams.filter((s) => s.codec_type === 'audio')
  const audio = audios.find((s) => s.disposition?.default === 1) ?? audios[0]
  const durations = [format.duration, ...streams.map((s) => s.duration)].filter((d) => d !== null)
  const durationS = durations.length > 0 ? Math.max(0, ...durations) : null
  return {
    containers: format.format_name.split(','),
    sizeBytes,
    durationS,
    streams: streams.length,
    video: videos.map((s) => videoFacts(s, durationS)).find((v) => v !== null) ?? null,
    audio: audio?.codec_name
      ? {
          index: audio.index,
          codec: audio.codec_name,
          profile: audio.profile,
          sampleRateHz: audio.sample_rate,
        }
      : null,
    coverIndex: streams.find(isCover)?.index ?? null,
    title: format.tags?.title ?? null,
    artist: format.tags?.artist ?? null,
    mp4,
  }
}

function videoFacts(stream: Stream, durationS: number | null): VideoFacts | null {
  const { width, height, codec_name: codec } = stream
  if (!codec || !width || !height) return null
  const rotation = rotationOf(stream)
  const pixelAspect = fraction(stream.sample_aspect_ratio, ':') ?? 1
  const shown = { width: Math.max(1, Math.round(width * pixelAspect)), height }
  const lying = rotation % 180 >= 45 && rotation % 180 < 135
  const frameRate = fraction(stream.avg_frame_rate, '/')
  const estimate = frameRate && durationS !== null ? Math.ceil(frameRate * durationS) : null
  return {
    index: stream.index,
    codec,
    profile: stream.profile,
    pixelFormat: stream.pix_fmt,
    level: stream.level,
    width,
    height,
    seenWidth: lying ? shown.height : shown.width,
    seenHeight: lying ? shown.width : shown.height,
    pixelAspect,
    rotation,
    frameRate,
    frames: stream.nb_frames ?? estimate,
    hdr: hdrOf(stream.color_transfer),
  }
}

/** Newer files have a display matrix, older ones a tag. */
function rotationOf(stream: Stream): number {
  const matrix = stream.side_data_list?.map((data) => data.rotation).find((r) => typeof r === 'number')
  const degrees = Math.round(matrix ?? stream.tags?.rotate ?? 0)
  return ((degrees % 360) + 360) % 360
}

function hdrOf(transfer: string | null): VideoFacts['hdr'] {
  if (transfer === 'smpte2084') return 'pq'
  return transfer === 'arib-std-b67' ? 'hlg' : null
}

/** `30000/1001` as a number; null for `0/0`, `N/A` and the like. */
function fraction(written: string | null, separator: string): number | null {
  const [above = 0, below = 0] = (written ?? '').split(separator).map(Number)
  return above > 0 && below > 0 ? above / below : null
}
