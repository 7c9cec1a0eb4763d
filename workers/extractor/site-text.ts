import type { ExtractedInfo } from './extracted-info.ts'

const MAX_LENGTH = 300

/** Line breaks, other control characters, and the invisible ones that turn the direction of a text around. */
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu

/** A text of a site on one line of bounded length; null when nothing is left of it. */
function siteText(text: string | null | undefined): string | null {
  const clean = (text ?? '').toWellFormed().replace(INVISIBLE, ' ').trim()
  return [...clean].slice(0, MAX_LENGTH).join('').trim() || null
}

/** Of a page with a player in it: yt-dlp numbers the videos there (`id-1`, `Title (1)`), a single one too. */
const withoutNumber = ({ extractor, id, title }: Named) =>
  extractor === 'html5' && id.endsWith('-1') ? title?.replace(/ \(1\)$/, '') : title

type Named = Pick<ExtractedInfo, 'extractor' | 'id' | 'title'>

export const titleOf = (info: Named): string => siteText(withoutNumber(info)) ?? siteText(info.id) ?? 'media'

export const uploaderOf = (info: ExtractedInfo): string | null =>
  siteText(info.uploader) ?? siteText(info.channel) ?? siteText(info.creator)
