import type { MessageEntity } from '@grammyjs/types'
import { badRequest } from './api-error.ts'
import { present } from './present.ts'

type Simple = MessageEntity.CommonMessageEntity['type']

const SIMPLE: Record<string, Simple> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  code: 'code',
  blockquote: 'blockquote',
  'tg-spoiler': 'spoiler',
}
const OTHERS = new Set(['a', 'pre', 'span', 'tg-emoji'])
const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' }
const TAG = /^<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*)\s*>/
const ATTRIBUTE = /([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g

interface OpenTag {
  name: string
  attributes: Map<string, string>
  offset: number
}

/** The HTML of core.telegram.org/bots/api#html-style. @throws ApiError "can't parse entities: …", as TDLib's parse_html says it */
export function parseHtml(source: string): { text: string; entities: MessageEntity[] } {
  const entities: MessageEntity[] = []
  const open: OpenTag[] = []
  let text = ''
  const byteOffset = (at: number) => Buffer.byteLength(source.slice(0, at))
  const fail = (reason: string) => badRequest(`can't parse entities: ${reason}`)

  for (let at = 0; at < source.length; ) {
    const rest = source.slice(at)
    if (rest.startsWith('&')) {
      const [whole, character] = decode(rest)
      text += character
      at += whole
      continue
    }
    if (!rest.startsWith('<')) {
      const next = /^[^&<]+/.exec(rest)?.[0] ?? ''
      text += next
      at += next.length
      continue
    }
    const tag = TAG.exec(rest)
    if (!tag) throw fail(`Unclosed ${rest[1] === '/' ? 'end' : 'start'} tag at byte offset ${byteOffset(at)}`)
    const [whole, slash, rawName = '', rawAttributes = ''] = tag
    const name = rawName.toLowerCase()
    if (!slash) {
      const attributes = readAttributes(rawAttributes)
      const isSpoiler = name !== 'span' || attributes.get('class') === 'tg-spoiler'
      if (!(name in SIMPLE) && !OTHERS.has(name))
        throw fail(`Unsupported start tag "${name}" at byte offset ${byteOffset(at)}`)
      if (!isSpoiler) throw fail(`Tag "span" must have class "tg-spoiler" at byte offset ${byteOffset(at)}`)
      open.push({ name, attributes, offset: text.length })
    } else {
      const last = open.pop()
      if (!last) throw fail(`Unexpected end tag at byte offset ${byteOffset(at)}`)
      if (last.name !== name)
        throw fail(
          `Unmatched end tag at byte offset ${byteOffset(at)}, expected "</${last.name}>", found "</${name}>"`,
        )
      close(last, text, entities)
    }
    at += whole.length
  }
  const unclosed = open.at(-1)
  if (unclosed) throw fail(`Can't find end tag corresponding to start tag "${unclosed.name}"`)
  return { text, entities }
}

function decode(rest: string): [number, string] {
  const entity = /^&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot));/i.exec(rest)
  if (!entity) return [1, '&']
  const [whole, hex, decimal, name] = entity
  if (name) return [whole.length, NAMED[name.toLowerCase()] ?? '&']
  const code = hex ? Number.parseInt(hex, 16) : Number(decimal)
  return code > 0 && code < 0x10ffff ? [whole.length, String.fromCodePoint(code)] : [1, '&']
}

function readAttributes(raw: string): Map<string, string> {
  const attributes = new Map<string, string>()
  for (const [, name = '', double, single, bare] of raw.matchAll(ATTRIBUTE))
    attributes.set(
      name.toLowerCase(),
      (double ?? single ?? bare ?? '').replace(/&[^;]*;/g, (entity) => decode(entity)[1]),
    )
  return attributes
}

function close({ name, attributes, offset }: OpenTag, text: string, entities: MessageEntity[]) {
  const length = text.length - offset
  if (length === 0) return
  const simple = name === 'span' ? 'spoiler' : SIMPLE[name]
  if (name === 'blockquote' && attributes.has('expandable')) {
    entities.push({ type: 'expandable_blockquote', offset, length })
  } else if (name === 'code' && attributes.get('class')?.startsWith('language-')) {
    // Means something only directly in a <pre>, which looks for it when it is closed.
    entities.push({ type: 'pre', offset, length, language: attributes.get('class')?.slice(9) ?? '' })
  } else if (simple) {
    entities.push({ type: simple, offset, length })
  } else if (name === 'pre') {
    const inner = entities.findIndex(
      (entity) =>
        entity.offset === offset && entity.length === length && ['pre', 'code'].includes(entity.type),
    )
    const [code] = inner < 0 ? [] : entities.splice(inner, 1)
    const language = code?.type === 'pre' ? code.language : undefined
    entities.push({ type: 'pre', offset, length, ...present({ language }) })
  } else if (name === 'a') {
    const url = attributes.get('href') || text.slice(offset)
    if (/^[a-z][\w+.-]*:|^[^\s/]+\.[^\s]+$/i.test(url))
      entities.push({ type: 'text_link', offset, length, url })
  } else if (name === 'tg-emoji') {
    entities.push({ type: 'custom_emoji', offset, length, custom_emoji_id: attributes.get('emoji-id') ?? '' })
  }
}
