import type { InlineKeyboardMarkup } from '@grammyjs/types'
import { z } from 'zod'
import { badRequest } from './api-error.ts'
import type { FileStore } from './file-store.ts'
import { captionText, messageText } from './formatted-text.ts'
import { parseKeyboard } from './keyboard.ts'
import { mediaContent } from './media-content.ts'
import type { Content } from './posts.ts'

/** What a person may choose, ready to be sent. */
export interface InlineResult {
  id: string
  type: string
  title: string
  content: Content
  keyboard: InlineKeyboardMarkup | undefined
}

const Given = z.looseObject({
  type: z.string(),
  id: z.string().min(1),
  title: z.string().default(''),
  caption: z.string().default(''),
  parse_mode: z.string().default(''),
  caption_entities: z.unknown().optional(),
  reply_markup: z.unknown().optional(),
  input_message_content: z
    .object({
      message_text: z.string(),
      parse_mode: z.string().default(''),
      entities: z.unknown().optional(),
    })
    .optional(),
})
const FILE_FIELDS = ['video', 'audio', 'document', 'photo', 'voice', 'gif', 'mpeg4'].map(
  (kind) => `${kind}_file_id`,
)

/**
 * Reads results of answerInlineQuery: texts, and media by file_id. Media by address are refused (a difference to the
 * real server, which leaves them to the clients).
 * @throws ApiError
 */
export function parseInlineResults(files: FileStore, botId: number, given: unknown): InlineResult[] {
  if (!Array.isArray(given)) throw badRequest('expected an Array of inline query results')
  if (given.length > 50) throw badRequest('RESULTS_TOO_MUCH')
  const results = given.map((one) => parseOne(files, botId, one))
  if (new Set(results.map((result) => result.id)).size < results.length)
    throw badRequest('RESULT_ID_DUPLICATE')
  return results
}

function parseOne(files: FileStore, botId: number, given: unknown): InlineResult {
  const parsed = Given.safeParse(given)
  if (!parsed.success)
    throw badRequest("can't parse inline query result: Wrong inline query result specified")
  const result = parsed.data
  if (Buffer.byteLength(result.id) > 64) throw badRequest('RESULT_ID_INVALID')
  const keyboard = parseKeyboard(result.reply_markup)
  const { id, type, title } = result
  const content = result.input_message_content
    ? textContent(result.input_message_content)
    : fileContent(files, botId, result)
  return { id, type, title, content, keyboard }
}

function textContent(given: NonNullable<z.infer<typeof Given>['input_message_content']>): Content {
  const { message_text: text, parse_mode: parseMode, entities: rawEntities } = given
  const formatted = messageText({ text, parseMode, entities: rawEntities })
  return { text: formatted.text, ...(formatted.entities.length > 0 ? { entities: formatted.entities } : {}) }
}

function fileContent(files: FileStore, botId: number, result: z.infer<typeof Given>): Content {
  const field = FILE_FIELDS.find((name) => typeof result[name] === 'string')
  if (!field) throw badRequest("can't parse inline query result: Message content is not specified")
  const file = files.find(String(result[field]))
  if (file?.botId !== botId) throw badRequest('wrong file identifier/HTTP URL specified')
  const { caption: text, parse_mode: parseMode, caption_entities: entities } = result
  return { ...mediaContent(files, file), ...captionFields(captionText({ text, parseMode, entities })) }
}

/** A caption as fields of a message. */
export const captionFields = (caption: ReturnType<typeof captionText>): Content => ({
  ...(caption ? { caption: caption.text } : {}),
  ...(caption && caption.entities.length > 0 ? { caption_entities: caption.entities } : {}),
})
