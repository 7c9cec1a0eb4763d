import { randomInt } from 'node:crypto'
import type { Message } from '@grammyjs/types'
import { z } from 'zod'
import { badRequest } from '../api-error.ts'
import type { Call, MethodDeps } from '../call.ts'
import type { MediaKind, StoredFile } from '../file-store.ts'
import { captionText } from '../formatted-text.ts'
import { captionFields } from '../inline-result.ts'
import { mediaContent } from '../media-content.ts'
import type { Content } from '../posts.ts'
import { destinationOf, send } from './send.ts'
import { captionOf } from './text.ts'

/** InputMedia of sendMediaGroup and editMessageMedia; forms write numbers and flags as text. */
const InputMedia = z.object({
  type: z.enum(['photo', 'video', 'animation', 'audio', 'document']),
  media: z.string(),
  thumbnail: z.string().default(''),
  caption: z.string().default(''),
  parse_mode: z.string().default(''),
  caption_entities: z.unknown().optional(),
  width: z.coerce.number().int().nonnegative().default(0),
  height: z.coerce.number().int().nonnegative().default(0),
  duration: z.coerce.number().int().nonnegative().default(0),
  title: z.string().default(''),
  performer: z.string().default(''),
  supports_streaming: z.boolean().default(false),
})

export interface ReadMedia {
  file: StoredFile
  content: Content
  supportsStreaming: boolean
}

/** @throws ApiError */
export async function readInputMedia(deps: MethodDeps, call: Call, given: unknown): Promise<ReadMedia> {
  const parsed = InputMedia.safeParse(given)
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path[0]
    const reason =
      field === 'type' ? 'type is unsupported' : field === 'media' ? 'media not found' : 'expected an Object'
    throw badRequest(`can't parse InputMedia: ${reason}`)
  }
  const { type: kind, media: value, duration: durationS, ...media } = parsed.data
  if (value === '') throw badRequest("can't parse InputMedia: media not found")
  const { caption: text, parse_mode: parseMode, caption_entities: entities } = media
  const caption = captionFields(captionText({ text, parseMode, entities }))
  const { uploads, bot } = call
  const file = await deps.media({ ...media, kind, value, durationS, uploads, botId: bot.id })
  return {
    file,
    content: { ...mediaContent(deps.files, file), ...caption },
    supportsStreaming: media.supports_streaming,
  }
}

export function createMediaMethods(deps: MethodDeps) {
  const sendKind =
    (kind: MediaKind) =>
    async (call: Call): Promise<Message> => {
      const { params, uploads, bot } = call
      // Before the file is looked at: the chat is what the server checks first.
      destinationOf(deps, call)
      const caption = captionOf(params)
      const number = (name: string) => Math.max(0, params.integer(name) ?? 0)
      const file = await deps.media({
        botId: bot.id,
        uploads,
        kind,
        value: params.text(kind),
        thumbnail: params.text('thumbnail'),
        width: number('width'),
        height: number('height'),
        durationS: number('duration'),
        title: params.text('title'),
        performer: params.text('performer'),
      })
      const content = { ...mediaContent(deps.files, file), ...caption }
      // Looked at again: a chat may have changed while the file came.
      return send(deps, call, destinationOf(deps, call), content, params.flag('supports_streaming'))
    }

  return {
    sendVideo: sendKind('video'),
    sendAudio: sendKind('audio'),
    sendVoice: sendKind('voice'),
    sendDocument: sendKind('document'),
    sendPhoto: sendKind('photo'),
    sendAnimation: sendKind('animation'),

    /** All or none. One item, which the real server takes too, is refused: the documentation says 2 to 10. */
    async sendMediaGroup(call: Call): Promise<Message[]> {
      destinationOf(deps, call)
      const given = call.params.json('media')
      if (given === undefined) throw badRequest('parameter "media" is required')
      if (given === null) throw badRequest("can't parse media JSON object")
      if (!Array.isArray(given)) throw badRequest('expected an Array of InputMedia')
      if (given.length > 10) throw badRequest('too many messages to send as an album')
      if (given.length < 2) throw badRequest('there are too few messages to send as an album')
      const items: ReadMedia[] = []
      for (const one of given) items.push(await readInputMedia(deps, call, one))
      const kinds = new Set(items.map(({ file }) => file.kind))
      if (kinds.has('animation'))
        throw badRequest(`can't parse InputMedia: type "animation" can't be used in sendMediaGroup`)
      for (const lonely of ['audio', 'document'] as const)
        if (kinds.has(lonely) && kinds.size > 1)
          throw badRequest(`${lonely} can't be mixed with other media types`)
      const destination = destinationOf(deps, call)
      const albumId = `${randomInt(2 ** 47, 2 ** 48 - 1)}`
      return items.map(({ content, supportsStreaming }) =>
        send(deps, call, destination, { ...content, media_group_id: albumId }, supportsStreaming),
      )
    },
  }
}
