import { stripVTControlCharacters } from 'node:util'
import { redact } from './logger.ts'

const MOST_LINES = 20
const LONGEST = 240

/** An address without its scheme, and the path that a library names beside the host: both lead to the link. */
const ADDRESS = /\b[\w-]+(\.[\w-]+)+(:\d+)?\/[^\s"'<>)]*/g
/** From the root, or somebody's home. `Input/output error` and `kbits/s` are words. */
const PATH = /(?<![\w\]])~?\/[^\s"'<>:;,()]+/g
const QUERY = /\?[^\s"'<>]*=[^\s"'<>]*/g
/** A header or an option that carries a secret, to the end of its line. */
const SECRET =
  /\b(authorization|cookies?|set-cookie|x-api-key|password|passwd|secret|token)\b(["']?\s*[:=]).*/gi
/** What is no text, and what turns the direction of a text around. */
const INVISIBLE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu

/** The end of what a tool wrote to stderr, for operators: no links, no tokens, no paths, one short line each. */
export function lastWords(stderr: string): string[] {
  return redact(stderr)
    .split(/[\r\n]+/)
    .map(withoutSecrets)
    .filter((line) => line !== '')
    .slice(-MOST_LINES)
}

function withoutSecrets(line: string): string {
  const bare = stripVTControlCharacters(line)
    .replace(INVISIBLE, ' ')
    .replace(SECRET, '$1$2 [secret]')
    .replace(ADDRESS, '[link]')
    .replace(PATH, '[path]')
    .replace(QUERY, '[query]')
  return [...bare.trim()].slice(0, LONGEST).join('')
}
