import { isDeepStrictEqual } from 'node:util'
import type { Message } from '@grammyjs/types'
import { z } from 'zod'
import { badRequest } from '../api-error.ts'
import type { Call, MethodDeps } from '../call.ts'
import { keyboardOf } from '../keyboard.ts'
import type { Content } from '../posts.ts'
import { asAuthor } from '../world-people.ts'
import type { ChatRecord, Post } from '../world-state.ts'
import { chatOf } from './chat-access.ts'

const ReplyParameters = z.object({
  message_id: z.coerce.number().int().optional(),
  chat_id: z.union([z.number(), z.string()]).optional(),
  allow_sending_without_reply: z.coerce.boolean().optional(),
})

/** Where a message goes, checked before anything is done for it. */
export interface Destination {
  chat: ChatRecord
  replyTo: Post | undefined
  threadId: number | undefined
}

/** @throws ApiError for a chat, topic or replied message that is not there */
export function destinationOf(deps: MethodDeps, call: Call): Destination {
  const { params } = call
  const chat = chatOf(deps, call, 'write')
  const threadId = params.integer('message_thread_id')
  if (threadId !== undefined && threadId > 0 && !chat.topics.has(threadId))
    throw badRequest('message thread not found')
  return { chat, threadId, replyTo: repliedPost(call, chat) }
}

function repliedPost({ params }: Call, chat: ChatRecord): Post | undefined {
  const given = params.json('reply_parameters')
  const parsed = given === undefined ? null : ReplyParameters.safeParse(given)
  if (parsed && !parsed.success) throw badRequest("can't parse reply parameters JSON object")
  const id = parsed ? parsed.data.message_id : params.integer('reply_to_message_id')
  const mayLack = parsed
    ? parsed.data.allow_sending_without_reply === true
    : params.flag('allow_sending_without_reply')
  if (id === undefined || id <= 0) return undefined
  // Replies into other chats are not played: the message is looked for here, and not found.
  const otherChat = parsed?.data.chat_id
  const isHere = otherChat === undefined || isDeepStrictEqual(`${otherChat}`, `${chat.id}`)
  const post = isHere ? chat.posts.get(id) : undefined
  if (!post && !mayLack) throw badRequest('message to be replied not found')
  return post
}

/** Posts a content of the bot with the keyboard of the call. */
export function send<C extends Content>(
  deps: MethodDeps,
  call: Call,
  destination: Destination,
  content: C,
  supportsStreaming = false,
): Message & C {
  const { bot, params } = call
  const { chat, replyTo, threadId } = destination
  const post = deps.posts.add(chat, {
    from: asAuthor(bot.user),
    botId: bot.id,
    content,
    keyboard: keyboardOf(params),
    replyTo,
    threadId,
    supportsStreaming,
  })
  return { ...post.message, ...content }
}
