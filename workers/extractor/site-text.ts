import type { ExtractedInfo } from './extracted-info.ts'

const MAX_LENGTH = 300

/** Line breaks, other control characters, and the invisible ones that turn the direction of a text around. */
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu

/** A text of a site on one line of bounded length; null when nothing is left of it. */
function siteText(text: string | null | undefined): string | null {
  const clean = (text ?? '').toWellFormed().replace(INVISIBLE, ' ').trim()
  return [...clean].slice(0, MAX_LENGTH).join('').trim() || null
}

export const titleOf = (info: ExtractedInfo): string => siteText(info.title) ?? siteText(info.id) ?? 'media'

export const uploaderOf = (info: ExtractedInfo): string | null =>
  siteText(info.uploader) ?? siteText(info.channel) ?? siteText(info.creator)
