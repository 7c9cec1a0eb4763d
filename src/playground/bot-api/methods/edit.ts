import type { InlineKeyboardMarkup, Message, Update } from '@grammyjs/types'
import { badRequest } from '../api-error.ts'
import type { Call, MethodDeps } from '../call.ts'
import { keyboardOf } from '../keyboard.ts'
import { type Content, contentOf } from '../posts.ts'
import type { Post } from '../world-state.ts'
import { editedPost } from './chat-access.ts'
import { readInputMedia } from './media.ts'
import { captionOf, textFields } from './text.ts'

type Edited = (Message & Update.Edited) | true

const MEDIA = ['video', 'audio', 'voice', 'document', 'photo', 'animation'] as const
const hasMedia = ({ message }: Post) => MEDIA.some((kind) => message[kind] !== undefined)

export function createEditMethods(deps: MethodDeps) {
  const edit = (
    post: Post,
    content: Content,
    keyboard?: InlineKeyboardMarkup,
    streaming?: boolean,
  ): Edited => {
    const message = deps.posts.edit(post, content, keyboard, streaming)
    return post.inlineMessageId ? true : message
  }
  return {
    editMessageText(call: Call): Edited {
      const content = textFields(call.params)
      const post = editedPost(deps, call)
      if (post.message.text === undefined) throw badRequest('there is no text in the message to edit')
      return edit(post, content, keyboardOf(call.params))
    },

    editMessageCaption(call: Call): Edited {
      const caption = captionOf(call.params)
      const post = editedPost(deps, call)
      if (!hasMedia(post)) throw badRequest('there is no caption in the message to edit')
      const { caption: _, caption_entities: __, ...media } = contentOf(post)
      return edit(post, { ...media, ...caption }, keyboardOf(call.params), post.supportsStreaming)
    },

    /** Since API 10 a text message, too, becomes a media message. */
    async editMessageMedia(call: Call): Promise<Edited> {
      const given = call.params.json('media')
      if (given === undefined) throw badRequest('parameter "media" is required')
      if (given === null) throw badRequest("can't parse input media JSON object")
      const before = editedPost(deps, call)
      if (before.inlineMessageId && call.uploads.size > 0)
        throw badRequest('wrong file identifier/HTTP URL specified')
      const { content, supportsStreaming } = await readInputMedia(deps, call, given)
      // Looked for again: it may have gone while the file came.
      const post = editedPost(deps, call)
      if (post.message.text === undefined && !hasMedia(post))
        throw badRequest('there is no media in the message to edit')
      return edit(post, content, keyboardOf(call.params), supportsStreaming)
    },

    editMessageReplyMarkup(call: Call): Edited {
      const post = editedPost(deps, call)
      return edit(post, contentOf(post), keyboardOf(call.params), post.supportsStreaming)
    },
  }
}
