import type { VideoFacts } from './file-facts.ts'

export interface Size {
  width: number
  height: number
}

/** The largest picture that H.264 level 5.2 plays at 60 pictures per second. */
const LARGEST = { long: 3840, short: 2160 }
/** When nobody chose a height: what a phone shows. */
const UNCHOSEN = { long: 1920, short: 1080 }

/**
 * The size of an encoded picture, as seen: even, square pixels, never enlarged, and never above the chosen height
 * (null when nobody could choose one). Sites count the height of a turned video before or after the turn, so the
 * smaller one counts.
 */
export function targetSize(video: VideoFacts, chosenHeight: number | null): Size {
  const { seenWidth: width, seenHeight: height } = video
  const bounds = chosenHeight === null ? UNCHOSEN : LARGEST
  const scale = Math.min(
    1,
    bounds.long / Math.max(width, height),
    bounds.short / Math.min(width, height),
    (chosenHeight ?? Number.POSITIVE_INFINITY) / Math.min(height, video.height),
  )
  return { width: even(width * scale), height: even(height * scale) }
}

const even = (pixels: number) => Math.max(2, 2 * Math.floor((pixels + 1e-6) / 2))
