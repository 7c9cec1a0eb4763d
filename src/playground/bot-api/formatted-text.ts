import type { MessageEntity } from '@grammyjs/types'
import { z } from 'zod'
import { badRequest } from './api-error.ts'
import { detectEntities } from './detect-entities.ts'
import { parseHtml } from './parse-html.ts'
import { parseMarkdown } from './parse-markdown.ts'
import { present } from './present.ts'

export interface FormattedText {
  text: string
  entities: MessageEntity[]
}

const Place = { offset: z.number().int(), length: z.number().int() }
const InputEntity = z.discriminatedUnion('type', [
  z.object({
    ...Place,
    type: z.enum([
      'bold',
      'italic',
      'underline',
      'strikethrough',
      'spoiler',
      'blockquote',
      'expandable_blockquote',
      'code',
    ]),
  }),
  z.object({ ...Place, type: z.literal('pre'), language: z.string().optional() }),
  z.object({ ...Place, type: z.literal('text_link'), url: z.string() }),
  z.object({ ...Place, type: z.literal('custom_emoji'), custom_emoji_id: z.string() }),
  // The server finds these itself and drops the given ones.
  z.object({
    ...Place,
    type: z.enum([
      'mention',
      'hashtag',
      'cashtag',
      'bot_command',
      'url',
      'email',
      'phone_number',
      'text_mention',
    ]),
  }),
])

interface Source {
  text: string
  parseMode: string
  /** JSON as it came, unchecked; counts only without a parse mode, as in the real server. */
  entities: unknown
}

/** A text or caption as the server takes it: parsed, trimmed, with the entities that Telegram finds itself. @throws ApiError */
export function formattedText(source: Source): FormattedText {
  if (Buffer.byteLength(source.text) > 1 << 15) throw badRequest('text is too long')
  const parsed = parse(source)
  const start = parsed.text.length - parsed.text.trimStart().length
  const text = parsed.text.trim()
  const given = parsed.entities
    .map((entity) => clipped(entity, start, text.length))
    .filter((entity) => entity.length > 0)
  const found = detectEntities(text).filter(
    (entity) =>
      !given.some(
        (other) =>
          other.offset < entity.offset + entity.length &&
          entity.offset < other.offset + other.length &&
          ['code', 'pre', 'text_link'].includes(other.type),
      ),
  )
  const entities = [...given, ...found].sort((a, b) => a.offset - b.offset || b.length - a.length)
  return { text, entities }
}

function clipped(entity: MessageEntity, start: number, length: number): MessageEntity {
  const from = Math.max(0, entity.offset - start)
  const to = Math.min(length, entity.offset - start + entity.length)
  return { ...entity, offset: from, length: to - from }
}

function parse({ text, parseMode, entities }: Source): FormattedText {
  const mode = parseMode.toLowerCase()
  if (text !== '' && mode !== '' && mode !== 'none') {
    if (mode === 'html') return parseHtml(text)
    if (mode === 'markdownv2') return parseMarkdown(text)
    throw badRequest('unsupported parse_mode')
  }
  if (!Array.isArray(entities)) return { text, entities: [] }
  const given: MessageEntity[] = []
  for (const entity of entities) {
    const parsed = InputEntity.safeParse(entity)
    if (!parsed.success) throw badRequest("can't parse MessageEntity: Unsupported type specified")
    const one = parsed.data
    if (one.type === 'pre')
      given.push({
        type: 'pre',
        offset: one.offset,
        length: one.length,
        ...present({ language: one.language }),
      })
    else if (one.type === 'text_link' || one.type === 'custom_emoji') given.push(one)
    else if (!isFoundByServer(one.type)) given.push({ ...one, type: one.type })
  }
  return { text, entities: given }
}

type Given = z.infer<typeof InputEntity>['type']
type Found =
  | 'mention'
  | 'hashtag'
  | 'cashtag'
  | 'bot_command'
  | 'url'
  | 'email'
  | 'phone_number'
  | 'text_mention'
const FOUND = new Set<Given>([
  'mention',
  'hashtag',
  'cashtag',
  'bot_command',
  'url',
  'email',
  'phone_number',
  'text_mention',
])
const isFoundByServer = (type: Given): type is Found => FOUND.has(type)

/** @throws ApiError for an empty text, or one over 4096 UTF-16 units */
export function messageText(source: Source): FormattedText {
  if (source.text === '') throw badRequest('message text is empty')
  const formatted = formattedText(source)
  if (formatted.text === '') throw badRequest('text must be non-empty')
  if (formatted.text.length > 4096) throw badRequest('message is too long')
  return formatted
}

/** Null for no caption. @throws ApiError for one over 1024 UTF-16 units */
export function captionText(source: Source): FormattedText | null {
  const formatted = formattedText(source)
  if (formatted.text.length > 1024) throw badRequest('message caption is too long')
  return formatted.text === '' ? null : formatted
}
