import type { FileFacts, VideoFacts } from './file-facts.ts'
import { aacFaults, mp4Faults, pictureFaults } from './playable.ts'
import { encodeAac, mapOf, ONLY_CHOSEN, THREADS } from './stream-options.ts'
import { targetSize } from './target-size.ts'
import type { Plan, PlanSettings } from './transcode-plan.ts'

const MAX_FRAME_RATE = 60

/** See `planTranscode`. `chosenHeight` null: nobody could choose one. */
export function planVideo(
  facts: FileFacts,
  video: VideoFacts,
  chosenHeight: number | null,
  { canToneMap, copyFailed = false }: PlanSettings,
): Plan {
  const { audio } = facts
  const picture = [...pictureFaults(video), ...(copyFailed ? ['copying failed'] : [])]
  const sound = audio ? [...aacFaults(audio), ...(copyFailed ? ['copying failed'] : [])] : []
  const extra = facts.streams > (audio ? 2 : 1) ? ['more streams than needed'] : []
  const why = [...new Set([...picture, ...sound, ...mp4Faults(facts), ...extra])]
  const plan = { kind: 'video', extension: 'mp4', why, usesCover: false } as const
  if (why.length === 0) return { ...plan, treatment: 'as_is', encodesVideo: false, options: [] }

  const encodesVideo = picture.length > 0
  const options = [
    ...mapOf(0, video.index),
    ...(audio ? mapOf(0, audio.index) : []),
    ...ONLY_CHOSEN,
    ...(encodesVideo
      ? encodeH264(video, chosenHeight, canToneMap)
      : // Files that carry their parameters in the stream are called avc3, which not every player knows.
        ['-c:v', 'copy', '-tag:v', 'avc1']),
    ...(!audio ? [] : sound.length > 0 ? encodeAac(audio) : ['-c:a', 'copy']),
    ...['-movflags', '+faststart', '-f', 'mp4'],
  ]
  return { ...plan, treatment: encodesVideo ? 'encode' : 'remux', encodesVideo, options }
}

function encodeH264(video: VideoFacts, chosenHeight: number | null, canToneMap: boolean): string[] {
  const { width, height } = targetSize(video, chosenHeight)
  // ffmpeg turns the picture before the first filter. Only numbers of ours stand in the filters.
  const filters = [
    ...(video.frameRate !== null && video.frameRate > MAX_FRAME_RATE ? [`fps=${MAX_FRAME_RATE}`] : []),
    `scale=${width}:${height}`,
    ...(video.hdr && canToneMap ? toneMap(video.hdr) : []),
    'format=yuv420p',
    'setsar=1',
  ]
  return [
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23', '-profile:v', 'high', '-pix_fmt', 'yuv420p'],
    ...THREADS,
    ...['-vf', filters.join(',')],
  ]
}

/** The input's colours are spelled out: zscale gives up on a file that does not say all of them. */
function toneMap(hdr: 'pq' | 'hlg'): string[] {
  const transfer = hdr === 'pq' ? 'smpte2084' : 'arib-std-b67'
  return [
    `zscale=tin=${transfer}:pin=bt2020:min=bt2020nc:rin=limited:t=linear:npl=100`,
    'format=gbrpf32le',
    'zscale=p=bt709',
    'tonemap=tonemap=hable:desat=0',
    'zscale=t=bt709:m=bt709:r=limited',
  ]
}
