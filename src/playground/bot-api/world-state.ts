import type { BotCommand, Message, User, UserFromGetMe } from '@grammyjs/types'
import type { UpdateQueue } from './update-queue.ts'
import type { Webhook } from './webhook.ts'

export interface BotRecord {
  id: number
  token: string
  user: UserFromGetMe
  updates: UpdateQueue
  webhook: Webhook | null
  /** Under "scope language". */
  commands: Map<string, BotCommand[]>
  isLoggedOut: boolean
}

export type BotStatus = 'member' | 'administrator' | 'kicked' | 'left'

export interface ChatRecord {
  /** A private chat has the id of the person, whichever bot it is with. */
  id: number
  type: 'private' | 'group' | 'supergroup' | 'channel'
  title: string
  userIds: Set<number>
  bots: Map<number, BotStatus>
  /** Private chats: the person has blocked the bot. */
  isBlocked: boolean
  migratedTo: number | null
  isForum: boolean
  /** message_thread_id of the topics. */
  topics: Set<number>
  posts: Map<number, Post>
  lastMessageId: number
}

/** A message, with what the Bot API does not show of it. */
export interface Post {
  chat: ChatRecord
  message: Message
  /** The bot that may edit it: it sent it, or somebody sent it through the bot. */
  botId: number | null
  inlineMessageId: string | null
  supportsStreaming: boolean
}

export type Change =
  | { kind: 'message'; chat: ChatRecord; post: Post }
  | { kind: 'deleted'; chat: ChatRecord; messageId: number }
  | { kind: 'action'; chat: ChatRecord; action: string }

/** All that the methods and the people act on. */
export function createWorldState() {
  const users = new Map<number, User>()
  const bots = new Map<number, BotRecord>()
  const chats: ChatRecord[] = []
  const inlinePosts = new Map<string, Post>()
  const listeners = new Set<(change: Change) => void>()
  return {
    users,
    bots,
    chats,
    inlinePosts,
    /** The chat that a bot means by an id; a group also when the bot is not in it. */
    chatOf: (botId: number, chatId: number) =>
      chats.find((chat) => chat.id === chatId && (chat.type !== 'private' || chat.bots.has(botId))),
    emit: (change: Change) => {
      for (const listener of listeners) listener(change)
    },
    onChange(listener: (change: Change) => void) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}

export type WorldState = ReturnType<typeof createWorldState>
export const nowS = () => Math.floor(Date.now() / 1000)
