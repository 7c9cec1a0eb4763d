import type { Message } from '@grammyjs/types'
import { z } from 'zod'
import { badRequest } from '../api-error.ts'
import type { Call, MethodDeps } from '../call.ts'
import { captionText, messageText } from '../formatted-text.ts'
import { captionFields } from '../inline-result.ts'
import type { Params } from '../params.ts'
import { present } from '../present.ts'
import { destinationOf, send } from './send.ts'

const LinkPreview = z.object({
  is_disabled: z.boolean().optional(),
  url: z.string().optional(),
  prefer_small_media: z.boolean().optional(),
  prefer_large_media: z.boolean().optional(),
  show_above_text: z.boolean().optional(),
})

/** Text, entities and preview options of a call, as fields of a message. @throws ApiError */
export function textFields(
  params: Params,
): Pick<Message.TextMessage, 'text' | 'entities' | 'link_preview_options'> {
  const { text, entities } = messageText({
    text: params.text('text'),
    parseMode: params.text('parse_mode'),
    entities: params.json('entities'),
  })
  const given = params.json('link_preview_options')
  const preview = LinkPreview.optional().safeParse(given)
  if (!preview.success) throw badRequest("can't parse link preview options JSON object")
  const hasOptions = preview.data && Object.keys(preview.data).length > 0
  return {
    text,
    ...(entities.length > 0 ? { entities } : {}),
    ...(preview.data && hasOptions ? { link_preview_options: present(preview.data) } : {}),
  }
}

/** The caption of a call, as fields of a message. @throws ApiError */
export const captionOf = (params: Params) =>
  captionFields(
    captionText({
      text: params.text('caption'),
      parseMode: params.text('parse_mode'),
      entities: params.json('caption_entities'),
    }),
  )

export function createTextMethods(deps: MethodDeps) {
  return {
    sendMessage: (call: Call): Message.TextMessage => {
      const content = textFields(call.params)
      return send(deps, call, destinationOf(deps, call), content)
    },
  }
}
