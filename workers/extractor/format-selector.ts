import { type FormatId, parseFormat } from '../../queues/media.ts'

/** What every Telegram client plays without an encode. */
const AVC = '[vcodec^=avc1]'
const AAC = '[acodec^=mp4a]'

/**
 * yt-dlp's format selector for a choice: its alternatives are tried from the left.
 * The height comes before the codec: who asks for 2160 at a site that has AVC up to 1080 gets 2160, and transcode
 * makes the AVC. No chain ends at a codec or a height: a site that has neither still has something to send.
 */
export function formatSelector(format: FormatId): string {
  const wanted = parseFormat(format)
  if (wanted.kind === 'audio') return (wanted.codec === 'm4a' ? M4A : MP3).join('/')
  if (wanted.height === null) return BEST.join('/')
  const { height } = wanted
  return [...video(`[height=${height}]`), ...video(`[height<=${height}]`), ...BEST].join('/')
}

const video = (height: string) => [
  `bv*${height}${AVC}+ba${AAC}`,
  `b${height}${AVC}`,
  `bv*${height}+ba`,
  `b${height}`,
  // A video without sound, or with sound that yt-dlp cannot pair.
  `bv*${height}`,
]

const BEST = [`bv*+ba`, `b`, `bv*`, `b*`]

/** Where no audio stands alone it is taken out of a small video; its sound is that of the large one. */
const ANY_AUDIO = ['ba', 'b[height<=480]', 'b', 'ba*', 'b*']
const M4A = [`ba${AAC}`, ...ANY_AUDIO]
const MP3 = ['ba[acodec^=mp3]', ...ANY_AUDIO]
