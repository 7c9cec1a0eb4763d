import { badRequest, forbidden } from '../api-error.ts'
import type { Call, MethodDeps } from '../call.ts'
import type { ChatRecord, Post } from '../world-state.ts'

/** The chat of a call, as the server's check_chat lets the bot in. @throws ApiError */
export function chatOf(
  { state }: MethodDeps,
  { bot, params }: Call,
  access: 'read' | 'write',
  field = 'chat_id',
): ChatRecord {
  if (!params.has(field)) throw badRequest(`${field} is empty`)
  const id = params.integer(field)
  const chat = id === undefined ? undefined : state.chatOf(bot.id, id)
  if (!chat) throw badRequest('chat not found')
  if (chat.migratedTo !== null)
    throw badRequest('group chat was upgraded to a supergroup chat', { migrate_to_chat_id: chat.migratedTo })
  if (chat.type === 'private') {
    if (chat.isBlocked && access === 'write') throw forbidden('bot was blocked by the user')
    return chat
  }
  const status = chat.bots.get(bot.id)
  // Nobody has ever let the bot in: it does not know the chat.
  if (status === undefined) throw badRequest('chat not found')
  // A basic group still shows itself to those who left; a supergroup does not.
  if (access === 'write' || chat.type !== 'group') {
    if (status === 'kicked') throw forbidden(`bot was kicked from the ${chat.type} chat`)
    if (status === 'left') throw forbidden(`bot is not a member of the ${chat.type} chat`)
    if (access === 'write' && chat.type === 'channel' && status !== 'administrator')
      throw badRequest('need administrator rights in the channel chat')
  }
  return chat
}

/** The message that a call edits, by chat and id or by inline_message_id. @throws ApiError */
export function editedPost(deps: MethodDeps, call: Call): Post {
  const { bot, params } = call
  if (!params.has('chat_id') && !params.has('message_id')) {
    if (!params.has('inline_message_id')) throw badRequest('message identifier is not specified')
    const post = deps.state.inlinePosts.get(params.text('inline_message_id'))
    if (post?.botId !== bot.id) throw badRequest('MESSAGE_ID_INVALID')
    return post
  }
  const chat = chatOf(deps, call, 'write')
  const post = chat.posts.get(params.integer('message_id') ?? 0)
  if (!post) throw badRequest('message to edit not found')
  if (post.botId !== bot.id || post.inlineMessageId) throw badRequest("message can't be edited")
  return post
}
