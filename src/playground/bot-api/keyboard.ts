import type { InlineKeyboardButton, InlineKeyboardMarkup } from '@grammyjs/types'
import { z } from 'zod'
import { badRequest } from './api-error.ts'
import type { Params } from './params.ts'
import { present } from './present.ts'

const Button = z.object({
  text: z.string(),
  callback_data: z.string().optional(),
  url: z.string().optional(),
  switch_inline_query: z.string().optional(),
  switch_inline_query_current_chat: z.string().optional(),
  copy_text: z.object({ text: z.string() }).optional(),
  style: z.enum(['danger', 'success', 'primary']).optional(),
})
const Inline = z.object({ inline_keyboard: z.array(z.array(Button)) })
/** Keyboards below the input line are taken and shown nowhere: no message carries them. */
const Other = z.union([
  z.object({ keyboard: z.array(z.unknown()) }),
  z.object({ remove_keyboard: z.literal(true) }),
  z.object({ force_reply: z.literal(true) }),
])

/** The inline keyboard of a call; undefined for none or another kind of markup. @throws ApiError */
export function keyboardOf(params: Params): InlineKeyboardMarkup | undefined {
  return parseKeyboard(params.json('reply_markup'))
}

export function parseKeyboard(markup: unknown): InlineKeyboardMarkup | undefined {
  if (markup === undefined) return undefined
  if (typeof markup !== 'object' || markup === null || Array.isArray(markup))
    throw badRequest('object expected as reply markup')
  if (!('inline_keyboard' in markup)) {
    if (Object.keys(markup).length > 0 && !Other.safeParse(markup).success)
      throw badRequest("can't parse reply keyboard markup JSON object")
    return undefined
  }
  const parsed = Inline.safeParse(markup)
  if (!parsed.success)
    throw badRequest('can\'t parse inline keyboard button: Field "text" must be of type String')
  const rows = parsed.data.inline_keyboard.map((row) => row.map(toButton)).filter((row) => row.length > 0)
  return rows.length > 0 ? { inline_keyboard: rows } : undefined
}

function toButton(given: z.infer<typeof Button>): InlineKeyboardButton {
  if (given.text.trim() === '') throw badRequest('keyboard button text must be non-empty')
  const base = { text: given.text, ...present({ style: given.style }) }
  if (given.callback_data) {
    if (Buffer.byteLength(given.callback_data) > 64) throw badRequest('BUTTON_DATA_INVALID')
    return { ...base, callback_data: given.callback_data }
  }
  if (given.url) {
    if (!/^(?:https?:\/\/|tg:\/\/|ton:\/\/)?[^\s/]+\.?[^\s]*$/i.test(given.url))
      throw badRequest(`inline keyboard button URL '${given.url}' is invalid: Wrong HTTP URL`)
    return { ...base, url: given.url }
  }
  if (given.switch_inline_query !== undefined)
    return { ...base, switch_inline_query: given.switch_inline_query }
  if (given.switch_inline_query_current_chat !== undefined)
    return { ...base, switch_inline_query_current_chat: given.switch_inline_query_current_chat }
  if (given.copy_text) return { ...base, copy_text: given.copy_text }
  throw badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
}
