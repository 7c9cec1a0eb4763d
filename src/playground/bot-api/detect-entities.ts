import type { MessageEntity } from '@grammyjs/types'

/**
 * Links without a scheme count only under a common domain. TDLib (MessageEntity.cpp, is_common_tld) has all of IANA's;
 * these are the ones people write.
 */
const COMMON_TLDS =
  'com net org edu gov int info biz name pro io ai app dev me tv cc co fm to ly be gl gg sh so xyz online site tech store club live video media news blog cloud link page one top vip world today space stream fun wiki de fr es it nl pl pt ro ru rs se si sk su tr ua uk us at au br by ca ch cl cn cz dk ee eu fi gr hk hr hu id ie il in ir is jp kr kz lt lu lv md mx my no nz ph sg th tw vn za рф'
const TLD = COMMON_TLDS.split(' ').join('|')

const DOMAIN = '(?:[\\p{L}\\p{N}_](?:[\\p{L}\\p{N}_-]*[\\p{L}\\p{N}_])?\\.)+'
const PATH = '(?::\\d{1,5})?(?:[/?#][^\\s<>"«»]*)?'
const URL_WITH_SCHEME = `(?:https?|ftp|tonsite)://(?:[^\\s/@]+@)?(?:${DOMAIN}\\p{L}[\\p{L}\\p{N}-]+|(?:\\d{1,3}\\.){3}\\d{1,3})${PATH}`
const BARE_URL = `${DOMAIN}(?:${TLD})(?![\\p{L}\\p{N}_-])${PATH}`

/** In the order of precedence: what an earlier one has found, a later one does not cut. */
const RULES: [MessageEntity.CommonMessageEntity['type'], RegExp][] = [
  ['url', new RegExp(`(?<![\\p{L}\\p{N}_@/.])(?:${URL_WITH_SCHEME})`, 'giu')],
  ['email', /(?<![\p{L}\p{N}_.+-])[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}/giu],
  ['url', new RegExp(`(?<![\\p{L}\\p{N}_@/.:-])(?:${BARE_URL})`, 'giu')],
  ['bot_command', /(?<![\p{L}\p{N}_/<>])\/\w{1,64}(?:@\w{3,32})?(?![\p{L}\p{N}_/<>])/gu],
  ['mention', /(?<![\p{L}\p{N}_])@\w{3,32}(?![\p{L}\p{N}_])/gu],
  ['hashtag', /(?<![\p{L}\p{N}_/])#(?=[\p{N}_]*\p{L})[\p{L}\p{N}_]{1,256}/gu],
]

/** What Telegram itself finds in a text: links, commands, mentions, hashtags, e-mail addresses. Offsets are UTF-16 units. */
export function detectEntities(text: string): MessageEntity[] {
  const found: MessageEntity[] = []
  for (const [type, expression] of RULES) {
    for (const match of text.matchAll(expression)) {
      const length = type === 'url' ? trimmed(match[0]).length : match[0].length
      if (length > 0 && !found.some((other) => overlap(other, match.index, length)))
        found.push({ type, offset: match.index, length })
    }
  }
  return found.sort((a, b) => a.offset - b.offset)
}

const overlap = (entity: MessageEntity, offset: number, length: number) =>
  entity.offset < offset + length && offset < entity.offset + entity.length

/** Punctuation at the end belongs to the sentence; so does a closing bracket that was not opened in the link. */
function trimmed(url: string): string {
  for (;;) {
    const last = url.at(-1) ?? ''
    const opening = { ')': '(', ']': '[', '}': '{' }[last]
    const isUnopened = opening !== undefined && url.split(last).length > url.split(opening).length
    if (!isUnopened && !'.,:;!?\'"…`|'.includes(last)) return url
    url = url.slice(0, -1)
  }
}
