import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { InlineKeyboardMarkup, Message, User } from '@grammyjs/types'
import { badRequest, NOT_MODIFIED } from './api-error.ts'
import { chatObject } from './chat-object.ts'
import { present } from './present.ts'
import { type ChatRecord, nowS, type Post, type WorldState } from './world-state.ts'

/** What a message shows: text, caption or media, whatever else may be edited, or a service notice. */
export type Content = Omit<
  Partial<Message>,
  'message_id' | 'chat' | 'from' | 'date' | 'edit_date' | 'reply_to_message' | 'reply_markup' | 'via_bot'
>

export interface NewPost {
  from: User
  content: Content
  botId: number | null
  keyboard?: InlineKeyboardMarkup | undefined
  replyTo?: Post | undefined
  threadId?: number | undefined
  viaBot?: User | undefined
  supportsStreaming?: boolean
  hasInlineId?: boolean
}

/** What an edit leaves alone. */
const FRAME = [
  'message_id',
  'from',
  'chat',
  'date',
  'edit_date',
  'reply_to_message',
  'message_thread_id',
  'is_topic_message',
  'via_bot',
  'media_group_id',
] as const satisfies (keyof Message)[]

/** A replied message does not name the one it replies to. The type says so in a way that no value fits. */
function asReplied({ reply_to_message: _, ...message }: Message) {
  return message as NonNullable<Message['reply_to_message']>
}

/** The messages of all chats: writing, changing, removing. */
export function createPosts(state: WorldState) {
  return {
    add(chat: ChatRecord, post: NewPost): Post {
      chat.lastMessageId += 1
      const { from, content, keyboard, replyTo, threadId, viaBot } = post
      const message: Message = {
        message_id: chat.lastMessageId,
        ...present({ message_thread_id: threadId }),
        ...(threadId !== undefined && chat.isForum ? { is_topic_message: true } : {}),
        // In a channel nobody but the channel speaks.
        ...(chat.type === 'channel' ? { sender_chat: chatObject(state, chat) } : { from }),
        chat: chatObject(state, chat),
        date: nowS(),
        ...(replyTo ? { reply_to_message: asReplied(replyTo.message) } : {}),
        ...present({ via_bot: viaBot }),
        ...content,
        ...present({ reply_markup: keyboard }),
      }
      const added: Post = {
        chat,
        message,
        botId: post.botId,
        inlineMessageId: post.hasInlineId ? randomBytes(18).toString('base64url') : null,
        supportsStreaming: post.supportsStreaming ?? false,
      }
      chat.posts.set(message.message_id, added)
      if (added.inlineMessageId) state.inlinePosts.set(added.inlineMessageId, added)
      state.emit({ kind: 'message', chat, post: added })
      return added
    },

    /** @throws ApiError when nothing would change */
    edit(
      post: Post,
      content: Content,
      keyboard: InlineKeyboardMarkup | undefined,
      supportsStreaming = false,
    ) {
      const { message } = post
      const entries = Object.entries(message)
      const isFrame = (name: string) => FRAME.some((kept) => kept === name)
      const current = Object.fromEntries(entries.filter(([name]) => !isFrame(name)))
      const wanted = { ...content, ...present({ reply_markup: keyboard }) }
      if (isDeepStrictEqual(current, structuredClone(wanted))) throw badRequest(NOT_MODIFIED)
      const edited = {
        message_id: message.message_id,
        chat: message.chat,
        date: message.date,
        edit_date: nowS(),
      }
      post.message = {
        ...Object.fromEntries(entries.filter(([name]) => isFrame(name))),
        ...edited,
        ...wanted,
      }
      post.supportsStreaming = supportsStreaming
      state.emit({ kind: 'message', chat: post.chat, post })
      return { ...post.message, ...edited }
    },

    remove({ chat, message, inlineMessageId }: Post) {
      chat.posts.delete(message.message_id)
      if (inlineMessageId) state.inlinePosts.delete(inlineMessageId)
      state.emit({ kind: 'deleted', chat, messageId: message.message_id })
    },
  }
}

export type Posts = ReturnType<typeof createPosts>

/** The part of a message that an edit may replace. */
export function contentOf({ message }: Post): Content {
  const { reply_markup: _, ...rest } = message
  const entries = Object.entries(rest).filter(([name]) => !FRAME.some((kept) => kept === name))
  return Object.fromEntries(entries)
}
