import type { MessageId } from '@grammyjs/types'
import { badRequest } from '../api-error.ts'
import type { Call, MethodDeps } from '../call.ts'
import { contentOf } from '../posts.ts'
import { nowS, type Post } from '../world-state.ts'
import { chatOf } from './chat-access.ts'
import { destinationOf, send } from './send.ts'
import { captionOf } from './text.ts'

const DELETABLE_FOR_S = 48 * 3600
const ACTIONS = new Set([
  'typing',
  'upload_photo',
  'record_video',
  'upload_video',
  'record_voice',
  'upload_voice',
  'upload_document',
  'choose_sticker',
  'find_location',
  'record_video_note',
  'upload_video_note',
])

export function createMessageMethods(deps: MethodDeps) {
  /** core.telegram.org/bots/api#deletemessage */
  const mayDelete = ({ chat, message, botId }: Post, callerId: number) => {
    if (chat.type !== 'private' && chat.bots.get(callerId) === 'administrator') return true
    if (nowS() - message.date > DELETABLE_FOR_S) return false
    return chat.type === 'private' || (botId === callerId && message.from?.id === callerId)
  }
  return {
    deleteMessage(call: Call): true {
      const chat = chatOf(deps, call, 'write')
      const post = chat.posts.get(call.params.integer('message_id') ?? 0)
      if (!post) throw badRequest('message to delete not found')
      if (!mayDelete(post, call.bot.id)) throw badRequest("message can't be deleted")
      deps.posts.remove(post)
      return true
    },

    copyMessage(call: Call): MessageId {
      const { params } = call
      const from = chatOf(deps, call, 'read', 'from_chat_id')
      const destination = destinationOf(deps, call)
      const post = from.posts.get(params.integer('message_id') ?? 0)
      if (!post) throw badRequest('message to copy not found')
      const {
        media_group_id: _,
        migrate_to_chat_id: to,
        migrate_from_chat_id: of,
        ...content
      } = contentOf(post)
      if (to !== undefined || of !== undefined) throw badRequest("message can't be copied")
      const { caption: __, caption_entities: ___, ...bare } = content
      const isText = content.text !== undefined
      const copy = params.has('caption') && !isText ? { ...bare, ...captionOf(params) } : content
      const { message_id } = send(deps, call, destination, copy, post.supportsStreaming)
      return { message_id }
    },

    sendChatAction(call: Call): true {
      const chat = chatOf(deps, call, 'write')
      const action = call.params.text('action').toLowerCase()
      if (!ACTIONS.has(action)) throw badRequest('wrong parameter action in request')
      deps.state.emit({ kind: 'action', chat, action })
      return true
    },
  }
}
