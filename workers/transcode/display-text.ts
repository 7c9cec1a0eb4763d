/** Invisible characters that turn the text around them, break a line or are not text at all. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/gu
/** A letter needs a few marks, not a tower of them. */
const MARKS = /(\p{M}{4})\p{M}+/gu
const MAX_LENGTH = 200

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * Somebody else's text for a screen and for a file's tags: one line, NFC, without control, format and bidi
 * characters, at most 200 UTF-16 units, cut between characters as people see them.
 */
export function displayText(text: string): string {
  const clean = text
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(INVISIBLE, '')
    .replaceAll(MARKS, '$1')
    .replaceAll(/ {2,}/g, ' ')
    .trim()
  if (clean.length <= MAX_LENGTH) return clean
  let cut = ''
  for (const { segment } of graphemes.segment(clean)) {
    if (cut.length + segment.length > MAX_LENGTH) break
    cut += segment
  }
  return cut.trim()
}
