import { StageError } from '../../queues/failure.ts'
import type { FileFacts, VideoFacts } from './file-facts.ts'
import { CONTAINERS, MAX_SIDE_PIXELS } from './input-fence.ts'

export interface TranscodeLimits {
  maxFileBytes: number
  maxDurationS: number
  /** Pixels of one picture times pictures: what an encode may cost at most. */
  transcodeBudgetPixels: number
}

const MAX_STREAMS = 8

/**
 * Whether we want to have anything to do with the file.
 * @throws StageError `not_media`, `over_budget`, `too_long` or `too_large`.
 */
export function checkFile(facts: FileFacts, limits: TranscodeLimits): void {
  const { video, audio, durationS, mp4 } = facts
  const refuse = (code: 'not_media' | 'over_budget' | 'too_long', detail: string) => {
    throw new StageError(code, { detail })
  }
  if (!CONTAINERS.some((name) => facts.containers.includes(name))) refuse('not_media', 'container')
  if (facts.streams > MAX_STREAMS) refuse('over_budget', `${facts.streams} streams`)
  if (!video && !audio) refuse('not_media', 'neither video nor audio')
  if (video && Math.max(video.width, video.height) > MAX_SIDE_PIXELS)
    refuse('over_budget', `${video.width}x${video.height}`)
  if (video && !audio && isStill(video, durationS)) refuse('not_media', 'a single picture')
  if ((durationS ?? 0) > limits.maxDurationS) refuse('too_long', `${Math.round(durationS ?? 0)} s`)
  if (mp4?.truncated) refuse('not_media', 'truncated')
}

function isStill(video: VideoFacts, durationS: number | null): boolean {
  return video.frames === null ? durationS === 0 : video.frames <= 1
}

/** How many pictures of this size may be encoded. */
export function affordableFrames(video: VideoFacts, limits: TranscodeLimits): number {
  return Math.floor(limits.transcodeBudgetPixels / (video.width * video.height))
}

/**
 * Whether its pictures may be encoded: a file of 71 KB can hold a minute of CPU time.
 * @throws StageError `over_budget`.
 */
export function checkEncode(video: VideoFacts, limits: TranscodeLimits): void {
  if ((video.frames ?? 0) > affordableFrames(video, limits))
    throw new StageError('over_budget', { detail: `${video.width}x${video.height} x ${video.frames}` })
}
