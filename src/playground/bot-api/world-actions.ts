import type { User } from '@grammyjs/types'
import { chatObject } from './chat-object.ts'
import { formattedText } from './formatted-text.ts'
import type { InlineResult } from './inline-result.ts'
import type { Content, Posts } from './posts.ts'
import { present } from './present.ts'
import type { CallbackAnswer, InlineAnswer, Queries } from './queries.ts'
import { asAuthor, type ChatRef, type WorldPeople } from './world-people.ts'
import type { BotRecord, ChatRecord, Post, WorldState } from './world-state.ts'

interface ActionDeps {
  state: WorldState
  posts: Posts
  people: WorldPeople
  callbacks: Queries<CallbackAnswer>
  inlines: Queries<InlineAnswer>
}

/** What people do. Whoever is not in a chat cannot act in it: that throws. */
export function createWorldActions({ state, posts, people, callbacks, inlines }: ActionDeps) {
  const chatFor = (user: User, ref: ChatRef): ChatRecord => {
    const chat = people.chatOf(ref)
    if (!chat.userIds.has(user.id)) throw new Error(`user ${user.id} is not in chat ${chat.id}`)
    return chat
  }
  const postIn = (chat: ChatRecord, messageId: number): Post => {
    const post = chat.posts.get(messageId)
    if (!post) throw new Error(`no message ${messageId} in chat ${chat.id}`)
    return post
  }
  const botsIn = (chat: ChatRecord) =>
    [...chat.bots]
      .filter(([, status]) => status === 'member' || status === 'administrator')
      .flatMap(([id]) => state.bots.get(id) ?? [])
  const textContent = (text: string): Content => {
    const formatted = formattedText({ text, parseMode: '', entities: null })
    return {
      text: formatted.text,
      ...(formatted.entities.length > 0 ? { entities: formatted.entities } : {}),
    }
  }
  /** core.telegram.org/bots/features#privacy-mode */
  const mayRead = (bot: BotRecord, { chat, message }: Post) => {
    if (chat.type === 'private' || bot.user.can_read_all_group_messages) return true
    if (chat.bots.get(bot.id) === 'administrator' || message.via_bot?.id === bot.id) return true
    if (message.reply_to_message?.from?.id === bot.id) return true
    const text = message.text ?? ''
    return (message.entities ?? []).some(({ type, offset, length }) => {
      const part = text.slice(offset, offset + length).toLowerCase()
      if (type === 'mention') return part === `@${bot.user.username.toLowerCase()}`
      return (
        type === 'bot_command' &&
        (!part.includes('@') || part.endsWith(`@${bot.user.username.toLowerCase()}`))
      )
    })
  }
  const announce = (user: User, post: Post) => {
    const place = { from: user, chat: chatObject(state, post.chat) }
    for (const bot of botsIn(post.chat))
      if (mayRead(bot, post)) bot.updates.push({ message: { ...post.message, ...place } })
  }

  return {
    /** Returns the message id. Links, commands, mentions and hashtags become entities. */
    sendText(
      user: User,
      ref: ChatRef,
      text: string,
      options: { replyTo?: number; threadId?: number } = {},
    ): number {
      const chat = chatFor(user, ref)
      if (chat.isBlocked) throw new Error('this person has blocked the bot')
      const replyTo = options.replyTo === undefined ? undefined : postIn(chat, options.replyTo)
      const { threadId } = options
      const post = posts.add(chat, { from: user, botId: null, content: textContent(text), replyTo, threadId })
      announce(user, post)
      return post.message.message_id
    },

    editText(user: User, ref: ChatRef, messageId: number, text: string) {
      const chat = chatFor(user, ref)
      const post = postIn(chat, messageId)
      if (post.message.from?.id !== user.id) throw new Error('not a message of this person')
      const message = { ...posts.edit(post, textContent(text), undefined), from: user }
      for (const bot of botsIn(chat))
        if (mayRead(bot, post))
          bot.updates.push({ edited_message: { ...message, chat: chatObject(state, chat) } })
    },

    /** Presses a button. A bad client can send any data; so can you. Null: the bot did not answer in time. */
    async pressButton(
      user: User,
      ref: ChatRef,
      messageId: number,
      data: string,
    ): Promise<CallbackAnswer | null> {
      const chat = chatFor(user, ref)
      const post = postIn(chat, messageId)
      const bot = post.botId === null ? undefined : state.bots.get(post.botId)
      if (!bot) throw new Error('not a message of a bot')
      const query = callbacks.open(bot.id)
      const place = post.inlineMessageId
        ? { inline_message_id: post.inlineMessageId }
        : { message: post.message }
      bot.updates.push({
        callback_query: { id: query.id, from: user, ...place, chat_instance: `${chat.id}${bot.id}`, data },
      })
      return query.answered
    },

    /** What the bot offers for `@bot query`; null: it did not answer in time. */
    sendInlineQuery(
      user: User,
      query: string,
      { bot = people.firstBot(), offset = '' } = {},
    ): Promise<InlineAnswer | null> {
      const { id, answered } = inlines.open(bot.id)
      bot.updates.push({ inline_query: { id, from: user, query, offset, chat_type: 'sender' } })
      return answered
    },

    /** Sends a result into a chat. Only one with a keyboard can be edited later: the bot gets its inline_message_id. */
    chooseInlineResult(
      user: User,
      ref: ChatRef,
      result: InlineResult,
      { query = '', bot = people.firstBot() } = {},
    ): number {
      const chat = chatFor(user, ref)
      const { content, keyboard } = result
      const viaBot = asAuthor(bot.user)
      const hasInlineId = keyboard !== undefined
      const post = posts.add(chat, { from: user, botId: bot.id, content, keyboard, viaBot, hasInlineId })
      const inlineId = present({ inline_message_id: post.inlineMessageId ?? undefined })
      bot.updates.push({ chosen_inline_result: { result_id: result.id, from: user, query, ...inlineId } })
      announce(user, post)
      return post.message.message_id
    },

    /** Removes a message for everybody; the bot hears nothing of it. */
    deleteMessage(user: User, ref: ChatRef, messageId: number) {
      const chat = chatFor(user, ref)
      const post = postIn(chat, messageId)
      if (chat.type !== 'private' && post.message.from?.id !== user.id)
        throw new Error('in groups people delete only their own messages')
      posts.remove(post)
    },
  }
}

export type WorldActions = ReturnType<typeof createWorldActions>
