import type { Choice } from '../../queues/media.ts'
import type { ExtractedFormat, ExtractedInfo } from '../extractor/extracted-info.ts'

/** More buttons than this nobody reads. */
const MAX_HEIGHTS = 6
/** What a format id can say: `FormatId`. */
const HEIGHTS = { min: 10, max: 99_999 }
/** Files that hold no picture, for formats whose codecs nobody tells. */
const AUDIO_FILE = /^(m4a|mp3|aac|ogg|oga|opus|flac|wav|weba|mka|wma|ac3|eac3)$/i

const hasVideo = ({ vcodec, ext }: ExtractedFormat) => vcodec !== 'none' && !AUDIO_FILE.test(ext ?? '')
const hasAudio = ({ acodec }: ExtractedFormat) => acodec !== 'none'
const isAvc = ({ vcodec }: ExtractedFormat) => vcodec?.startsWith('avc1') ?? false
const isAac = ({ acodec }: ExtractedFormat) => acodec?.startsWith('mp4a') ?? false

/**
 * What a person can choose, from what the site has: heights downwards, then audio. Empty when there is no media.
 * The best candidate of a height is found like fetch finds it (`format-selector.ts`), so codec and size are those
 * of the file that will come. Formats stand worst first in yt-dlp's record.
 */
export function choicesOf(info: Pick<ExtractedInfo, 'formats' | 'duration'>): Choice[] {
  const formats = (info.formats ?? []).filter((format) => hasVideo(format) || hasAudio(format))
  const durationS = info.duration ?? null
  const videos = formats.filter(hasVideo)
  const sounds = formats.filter((format) => hasAudio(format) && !hasVideo(format))
  const heights = [...new Set(videos.flatMap(({ height }) => height ?? []))]
    .filter((height) => Number.isInteger(height) && height >= HEIGHTS.min && height <= HEIGHTS.max)
    .sort((a, b) => b - a)
    .slice(0, MAX_HEIGHTS)
  const candidates = heights.map((height) => ({
    format: `v${height}`,
    of: videos.filter((format) => format.height === height),
  }))
  if (heights.length === 0 && videos.length > 0) candidates.push({ format: 'vbest', of: videos })
  return [
    ...candidates.map(({ format, of }) => videoChoice(format, of, sounds, durationS)),
    ...audioChoices(sounds, videos, durationS),
  ]
}

function videoChoice(
  format: string,
  videos: ExtractedFormat[],
  sounds: ExtractedFormat[],
  durationS: number | null,
): Choice {
  const video = videos.findLast(isAvc) ?? videos.at(-1)
  const sound = (video && isAvc(video) ? sounds.findLast(isAac) : undefined) ?? sounds.at(-1)
  const parts = [video, ...(video && !hasAudio(video) && sound ? [sound] : [])]
  return {
    format,
    codec: video?.vcodec ?? null,
    sizeBytes: sum(parts.map((part) => sizeOf(part, durationS))),
  }
}

/** Both codecs wherever there is sound: transcode makes the one that the site does not have. */
function audioChoices(
  sounds: ExtractedFormat[],
  videos: ExtractedFormat[],
  durationS: number | null,
): Choice[] {
  if (sounds.length === 0 && !videos.some(hasAudio)) return []
  const choice = (format: string, sound: ExtractedFormat | undefined): Choice => ({
    format,
    codec: sound?.acodec ?? null,
    // Taken out of a video, the sound is much smaller than what is fetched; nobody knows how much.
    sizeBytes: sizeOf(sound, durationS),
  })
  const isMp3 = ({ acodec }: ExtractedFormat) => acodec?.startsWith('mp3') ?? false
  return [
    choice('a-m4a', sounds.findLast(isAac) ?? sounds.at(-1)),
    choice('a-mp3', sounds.findLast(isMp3) ?? sounds.at(-1)),
  ]
}

function sizeOf(format: ExtractedFormat | undefined, durationS: number | null): number | null {
  if (!format) return null
  const told = format.filesize ?? format.filesize_approx
  if (told) return Math.round(told)
  const estimate = format.tbr && durationS ? Math.round((format.tbr * 1000 * durationS) / 8) : 0
  return estimate > 0 ? estimate : null
}

/** Null when a part is not known: half a size misleads. */
function sum(parts: (number | null)[]): number | null {
  return parts.every((part) => part !== null) ? parts.reduce((total, part) => total + part, 0) : null
}
