import { createHash } from 'node:crypto'
import { linkHash } from '../../queues/media.ts'
import type { ExtractedInfo } from './extracted-info.ts'

/** Extractors that take any page: what they call an id is a file name, which two sites may share. */
const NAMELESS = /^(generic|html5)\b/i

/**
 * The identity of a media over all its links, `extractor.id`, made of letters, digits, `_`, `-` and that dot.
 * Whatever had to be changed to fit is told apart by a hash of the whole.
 */
export function mediaIdOf(info: Pick<ExtractedInfo, 'extractor' | 'id'>, canonicalLink: string): string {
  if (NAMELESS.test(info.extractor)) return `generic.${linkHash(canonicalLink)}`
  return `${word(info.extractor.toLowerCase(), 40)}.${word(info.id, 80)}`
}

function word(text: string, maxLength: number): string {
  const clean = text.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, maxLength)
  if (clean === text && clean !== '') return clean
  return `${clean}-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
}
