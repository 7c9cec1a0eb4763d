import { randomInt } from 'node:crypto'
import type { ChatMember, User, UserFromGetMe } from '@grammyjs/types'
import { chatObject } from './chat-object.ts'
import type { Posts } from './posts.ts'
import { present } from './present.ts'
import { createUpdateQueue } from './update-queue.ts'
import { type BotRecord, type BotStatus, type ChatRecord, nowS, type WorldState } from './world-state.ts'

export interface NewBot {
  token: string
  username: string
  firstName: string
  /** BotFather's privacy mode, turned round: false lets only commands, mentions and replies of groups through. */
  readsAllGroupMessages?: boolean
}

export interface NewUser {
  firstName: string
  lastName?: string
  username?: string
  languageCode?: string
  /** Any by default. Larger than 2^31 by default, as those of new accounts are. */
  id?: number
}

/** A chat, by itself or by its id; an id of a private chat means the one with the first bot. */
export type ChatRef = ChatRecord | number

const BASIC_RIGHTS = {
  can_be_edited: false,
  is_anonymous: false,
  can_manage_chat: true,
  can_delete_messages: true,
  can_manage_video_chats: false,
  can_restrict_members: false,
  can_promote_members: false,
  can_change_info: false,
  can_invite_users: true,
  can_post_stories: false,
  can_edit_stories: false,
  can_delete_stories: false,
  can_send_welcome_messages: false,
}

/** How a membership is shown. */
export function chatMember(user: User, status: BotStatus): ChatMember {
  if (status === 'kicked') return { status, user, until_date: 0 }
  if (status === 'administrator') return { status, user, ...BASIC_RIGHTS }
  return { status, user }
}

/** getMe says more of a bot than a message says of its author. */
export const asAuthor = ({ id, first_name, username }: UserFromGetMe): User => ({
  id,
  is_bot: true,
  first_name,
  username,
})

/** Who there is and who is where. Changes of a bot's membership reach it as my_chat_member. */
export function createWorldPeople(state: WorldState, posts: Posts) {
  const newGroupId = () => -randomInt(1_000_000_000, 4_000_000_000)
  const firstBot = (): BotRecord => {
    const [bot] = state.bots.values()
    if (!bot) throw new Error('the world has no bot')
    return bot
  }
  const chatOf = (ref: ChatRef): ChatRecord => {
    if (typeof ref !== 'number') return ref
    const chat = state.chatOf(firstBot().id, ref)
    if (!chat) throw new Error(`no chat ${ref}`)
    return chat
  }
  const newChat = (chat: Pick<ChatRecord, 'id' | 'type' | 'title' | 'userIds' | 'bots'>): ChatRecord => {
    const record: ChatRecord = {
      ...chat,
      isBlocked: false,
      migratedTo: null,
      isForum: false,
      topics: new Set(),
      posts: new Map(),
      lastMessageId: 0,
    }
    state.chats.push(record)
    return record
  }
  const setStatus = (chat: ChatRecord, bot: BotRecord, by: User, from: BotStatus, to: BotStatus) => {
    if (chat.type !== 'private') chat.bots.set(bot.id, to)
    if (from === to) return
    const author = asAuthor(bot.user)
    const members = { old_chat_member: chatMember(author, from), new_chat_member: chatMember(author, to) }
    bot.updates.push({
      my_chat_member: { chat: chatObject(state, chat), from: by, date: nowS(), ...members },
    })
  }
  const newGroup = (
    group: { title: string; users: User[]; bots?: BotRecord[] },
    type: 'group' | 'supergroup',
  ) => {
    const bots = new Map<number, BotStatus>()
    for (const bot of group.bots ?? [firstBot()]) bots.set(bot.id, 'member')
    const id = type === 'group' ? newGroupId() : newGroupId() - 1_000_000_000_000
    return newChat({
      id,
      type,
      title: group.title,
      userIds: new Set(group.users.map((user) => user.id)),
      bots,
    })
  }

  return {
    chatOf,
    firstBot,
    addBot({ token, username, firstName, readsAllGroupMessages = true }: NewBot): BotRecord {
      const id = Number(token.split(':', 1)[0])
      if (!/^[1-9]\d*:[\w-]+$/.test(token)) throw new Error('a token is <id>:<secret>')
      const user: UserFromGetMe = {
        id,
        is_bot: true,
        first_name: firstName,
        username,
        can_join_groups: true,
        can_read_all_group_messages: readsAllGroupMessages,
        supports_inline_queries: true,
        can_connect_to_business: false,
        has_main_web_app: false,
        has_topics_enabled: false,
        allows_users_to_create_topics: false,
        can_manage_bots: false,
        supports_join_request_queries: false,
      }
      const updates = createUpdateQueue()
      const bot = { id, token, user, updates, webhook: null, commands: new Map(), isLoggedOut: false }
      state.bots.set(id, bot)
      return bot
    },

    addUser({ firstName, lastName, username, languageCode, id }: NewUser): User {
      const userId = id ?? randomInt(2 ** 32, 2 ** 33)
      const more = present({ last_name: lastName, username, language_code: languageCode })
      const user: User = { id: userId, is_bot: false, first_name: firstName, ...more }
      state.users.set(userId, user)
      return user
    },

    /** The chat of a person with a bot, as after /start; without it the bot cannot write to the person. */
    openPrivateChat(user: User, bot: BotRecord = firstBot()): ChatRecord {
      const known = state.chatOf(bot.id, user.id)
      if (known) return known
      const bots = new Map<number, BotStatus>([[bot.id, 'member']])
      return newChat({ id: user.id, type: 'private', title: '', userIds: new Set([user.id]), bots })
    },
    addGroup: (group: { title: string; users: User[]; bots?: BotRecord[] }) => newGroup(group, 'group'),
    addSupergroup(group: { title: string; users: User[]; bots?: BotRecord[]; topics?: number[] }) {
      const chat = newGroup(group, 'supergroup')
      chat.isForum = (group.topics ?? []).length > 0
      for (const topic of group.topics ?? []) chat.topics.add(topic)
      chat.lastMessageId = Math.max(0, ...chat.topics)
      return chat
    },

    /** A channel whose administrator the bot is, and can write there. */
    addChannel({
      title,
      id = newGroupId() - 1_000_000_000_000,
      users = [],
      bots = [firstBot()],
    }: {
      title: string
      id?: number
      users?: User[]
      bots?: BotRecord[]
    }) {
      return newChat({
        ...{ id, type: 'channel', title },
        userIds: new Set(users.map((user) => user.id)),
        bots: new Map(bots.map((bot): [number, BotStatus] => [bot.id, 'administrator'])),
      })
    },

    blockBot(user: User, isBlocked = true, bot: BotRecord = firstBot()) {
      const chat = state.chatOf(bot.id, user.id)
      if (!chat || chat.isBlocked === isBlocked) return
      chat.isBlocked = isBlocked
      setStatus(chat, bot, user, isBlocked ? 'member' : 'kicked', isBlocked ? 'kicked' : 'member')
    },
    /** Throws the bot out of a group, lets it in again, or makes it an administrator. */
    setBotStatus(user: User, ref: ChatRef, status: BotStatus, bot: BotRecord = firstBot()) {
      const chat = chatOf(ref)
      setStatus(chat, bot, user, chat.bots.get(bot.id) ?? 'left', status)
    },

    /** Makes a supergroup of a group: another chat with another id. The old one answers with migrate_to_chat_id. */
    migrateGroup(user: User, ref: ChatRef): ChatRecord {
      const group = chatOf(ref)
      if (group.type !== 'group') throw new Error('only a group can become a supergroup')
      const id = newGroupId() - 1_000_000_000_000
      const supergroup = newChat({ ...group, id, type: 'supergroup' })
      const to = posts.add(group, { from: user, botId: null, content: { migrate_to_chat_id: supergroup.id } })
      const from = posts.add(supergroup, {
        from: user,
        botId: null,
        content: { migrate_from_chat_id: group.id },
      })
      group.migratedTo = supergroup.id
      for (const botId of group.bots.keys())
        for (const { chat, message } of [to, from])
          state.bots.get(botId)?.updates.push({
            message: { ...message, from: user, chat: chatObject(state, chat) },
          })
      return supergroup
    },
  }
}

export type WorldPeople = ReturnType<typeof createWorldPeople>
