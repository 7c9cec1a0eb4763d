import type { AudioFacts, FileFacts, VideoFacts } from './file-facts.ts'
import type { Mp4Layout } from './mp4-layout.ts'

/**
 * What plays in Telegram on iOS, Android and desktop alike: H.264 (8 bit, 4:2:0) with AAC, in an mp4 with its index
 * in front, square pixels, nothing to be turned. Each function gives the reasons against, none for a file that is
 * fine; they go to the log, so they are made of ffmpeg's words and numbers only.
 */

const PROFILES = ['Constrained Baseline', 'Baseline', 'Main', 'High']
const MAX_LEVEL = 52
const PIXEL_FORMATS = ['yuv420p', 'yuvj420p']
const AAC_PROFILES = ['LC', 'HE-AAC', 'HE-AACv2']
/** Sites round sizes; a pixel that is 1 % too wide is nothing that anyone sees, and not worth an encode. */
const PIXEL_ASPECT_TOLERANCE = 0.01

/** Why the pictures must be encoded again. */
export function pictureFaults(video: VideoFacts): string[] {
  const faults: string[] = []
  if (video.codec !== 'h264') faults.push(`codec ${video.codec}`)
  else {
    if (!PROFILES.includes(video.profile ?? '')) faults.push(`profile ${video.profile}`)
    if (video.level === null || video.level <= 0 || video.level > MAX_LEVEL)
      faults.push(`level ${video.level}`)
  }
  if (!PIXEL_FORMATS.includes(video.pixelFormat ?? '')) faults.push(`pixels ${video.pixelFormat}`)
  if (Math.abs(video.pixelAspect - 1) > PIXEL_ASPECT_TOLERANCE) faults.push('pixels are not square')
  if (video.rotation !== 0) faults.push(`turned by ${video.rotation}`)
  if (video.width % 2 !== 0 || video.height % 2 !== 0) faults.push(`odd ${video.width}x${video.height}`)
  if (video.hdr) faults.push(`hdr ${video.hdr}`)
  return faults
}

/** Why the sound must be encoded again to be AAC. */
export function aacFaults(audio: AudioFacts): string[] {
  if (audio.codec !== 'aac') return [`codec ${audio.codec}`]
  return AAC_PROFILES.includes(audio.profile ?? '') ? [] : [`profile ${audio.profile}`]
}

/** Why the mp4 must be written again, with the same streams in it. */
export function mp4Faults({ mp4 }: FileFacts): string[] {
  return mp4 ? mp4LayoutFaults(mp4) : ['not an mp4']
}

/** The same of what one knows of an mp4 before ffprobe has seen it. */
export function mp4LayoutFaults(mp4: Mp4Layout): string[] {
  const faults: string[] = []
  if (mp4.brand === null || mp4.brand === 'qt  ') faults.push('quicktime')
  if (!mp4.moovFirst) faults.push('index not in front')
  if (mp4.fragmented) faults.push('fragmented')
  return faults
}
