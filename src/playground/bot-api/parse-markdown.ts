import type { MessageEntity } from '@grammyjs/types'
import { badRequest } from './api-error.ts'
import { present } from './present.ts'

type Simple = MessageEntity.CommonMessageEntity['type']

interface Mark {
  /** As TDLib calls the entity in its errors. */
  name: string
  type: Simple | 'pre' | 'text_link'
  /** What ends it. */
  end: string
}

/** Longer marks first: `__` is not two `_`. */
const MARKS: [string, Mark][] = [
  ['```', { name: 'PreCode', type: 'pre', end: '```' }],
  ['__', { name: 'Underline', type: 'underline', end: '__' }],
  ['||', { name: 'Spoiler', type: 'spoiler', end: '||' }],
  ['*', { name: 'Bold', type: 'bold', end: '*' }],
  ['_', { name: 'Italic', type: 'italic', end: '_' }],
  ['~', { name: 'Strikethrough', type: 'strikethrough', end: '~' }],
  ['`', { name: 'Code', type: 'code', end: '`' }],
  ['[', { name: 'TextUrl', type: 'text_link', end: ']' }],
]
const QUOTE: Mark = { name: 'BlockQuote', type: 'blockquote', end: '\n' }
const RESERVED = '_*[]()~`>#+-=|{}.!'

interface OpenMark extends Mark {
  offset: number
  at: number
}

/**
 * MarkdownV2 of core.telegram.org/bots/api#markdownv2-style.
 * @throws ApiError "can't parse entities: …", as TDLib's parse_markdown_v2 says it
 */
export function parseMarkdown(source: string): { text: string; entities: MessageEntity[] } {
  const entities: MessageEntity[] = []
  const open: OpenMark[] = []
  let text = ''
  const fail = (reason: string) => badRequest(`can't parse entities: ${reason}`)
  const unended = (mark: OpenMark) =>
    fail(
      `Can't find end of ${mark.name} entity at byte offset ${Buffer.byteLength(source.slice(0, mark.at))}`,
    )

  let at = 0
  const close = (mark: OpenMark) => {
    open.pop()
    at += mark.type === 'blockquote' ? 0 : mark.end.length
    const { offset } = mark
    const length = text.length - offset
    let url = text.slice(offset)
    if (mark.type === 'text_link' && source[at] === '(') {
      const target = /^\(((?:\\.|[^)\\])*)\)/s.exec(source.slice(at))
      if (!target)
        throw fail(`Can't find end of a URL at byte offset ${Buffer.byteLength(source.slice(0, at))}`)
      url = (target[1] ?? '').replace(/\\(.)/gs, '$1')
      at += target[0].length
    }
    if (length === 0) return
    if (mark.type === 'text_link') {
      if (/^[a-z][\w+.-]*:|^[^\s/]+\.[^\s]+$/i.test(url))
        entities.push({ type: 'text_link', offset, length, url })
    } else if (mark.type === 'pre') {
      const language = /^```([^\s`]+)\n/.exec(source.slice(mark.at))?.[1]
      entities.push({ type: 'pre', offset, length, ...present({ language }) })
    } else {
      entities.push({ type: mark.type, offset, length })
    }
  }

  while (at < source.length) {
    const top = open.at(-1)
    const character = source[at] ?? ''
    const isCode = top?.type === 'code' || top?.type === 'pre'
    if (character === '\\' && isAscii(source.charCodeAt(at + 1))) {
      text += source[at + 1]
      at += 2
    } else if (top && top.type === 'blockquote' && character === '\n' && source[at + 1] !== '>') {
      close(top)
    } else if (top && top.type !== 'blockquote' && source.startsWith(top.end, at)) {
      close(top)
    } else if (isCode || !RESERVED.includes(character)) {
      text += character
      at += 1
    } else if (character === '>' && (at === 0 || source[at - 1] === '\n')) {
      if (top?.type !== 'blockquote') open.push({ ...QUOTE, offset: text.length, at })
      at += 1
    } else {
      const mark = MARKS.find(([start]) => source.startsWith(start, at))
      if (!mark)
        throw fail(`Character '${character}' is reserved and must be escaped with the preceding '\\'`)
      open.push({ ...mark[1], offset: text.length, at })
      at += mark[0].length
      if (mark[1].type === 'pre') at += (/^[^\s`]*\n/.exec(source.slice(at))?.[0] ?? '').length
    }
  }
  const last = open.at(-1)
  if (last?.type === 'blockquote') close(last)
  const unclosed = open.at(-1)
  if (unclosed) throw unended(unclosed)
  return { text, entities }
}

/** What a backslash makes plain; before anything else, and at the end, it is a character itself. */
const isAscii = (code: number) => code > 0 && code < 127
