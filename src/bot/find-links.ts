import type { MessageEntity } from 'grammy/types'

const MOST_LINKS = 10
/** Links that open something inside Telegram, or a mail program: nobody who sends them wants a file. */
const NOT_FOR_US = /^(tg|ton|tonsite|mailto|tel):/i
const WITH_SCHEME = /^[a-z][a-z0-9+.-]*:/i
/** `host:port` looks like a scheme; no scheme has a dot. */
const HOST_AND_PORT = /^[^/:]*\.[^/:]*:/
const BARE_LINK = /https?:\/\/[^\s<>"]+/gi

interface Found {
  offset: number
  link: string
}

/**
 * The links of a message or a caption, in the order they stand, each once, at most ten. `omitted` says how many more
 * there were. Telegram marks links as entities (`youtube.com/…` without a scheme too); what it did not mark, in code
 * blocks for example, is found by its http(s).
 */
export function findLinks(
  text: string,
  entities: readonly MessageEntity[] = [],
): { links: string[]; omitted: number } {
  const marked = entities.flatMap((entity) => fromEntity(text, entity))
  const covers = (offset: number) =>
    entities.some((e) => e.type === 'url' && offset >= e.offset && offset < e.offset + e.length)
  const bare = [...text.matchAll(BARE_LINK)]
    .filter(({ index }) => !covers(index))
    .map(({ index, 0: found }) => ({ offset: index, link: withoutPunctuation(found) }))
  const inOrder = [...marked, ...bare].sort((a, b) => a.offset - b.offset).map(({ link }) => link)
  const links = [...new Set(inOrder)]
  return { links: links.slice(0, MOST_LINKS), omitted: Math.max(0, links.length - MOST_LINKS) }
}

function fromEntity(text: string, entity: MessageEntity): Found[] {
  const { type, offset, length } = entity
  if (type !== 'url' && type !== 'text_link') return []
  const link = type === 'text_link' ? entity.url : text.slice(offset, offset + length)
  if (!link.trim() || NOT_FOR_US.test(link)) return []
  const hasScheme = WITH_SCHEME.test(link) && !HOST_AND_PORT.test(link)
  return [{ offset, link: hasScheme ? link : `https://${link}` }]
}

/** A bare link in a sentence ends before the sentence's own marks; a bracket stays when it was opened in the link. */
function withoutPunctuation(link: string): string {
  let end = link.length
  for (; end > 0; end--) {
    const last = link[end - 1] ?? ''
    const rest = link.slice(0, end - 1)
    if (/[.,;:!?'’”»*_~`|]/.test(last)) continue
    const opening = { ')': '(', ']': '[', '}': '{' }[last]
    if (opening && rest.split(opening).length <= rest.split(last).length) continue
    break
  }
  return link.slice(0, end)
}
