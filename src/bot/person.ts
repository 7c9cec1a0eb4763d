import type { Context } from 'grammy'
import type { Asker, Language } from '../../queues/request.ts'
import { languageOf } from '../shared/messages/language.ts'

/** The name of an update: what its job, and everything that comes of it, is derived from. */
export const originOf = (botId: number, ctx: Context): string => `u${botId}-${ctx.update.update_id}`

export const languageIn = (ctx: Context): Language => languageOf(ctx.from?.language_code)

/** The language of the person's app as Telegram has it, an IETF tag; ours, when it is none. */
export function languageCodeIn(ctx: Context): string {
  const code = ctx.from?.language_code ?? ''
  return /^[A-Za-z0-9-]{2,35}$/.test(code) ? code : languageIn(ctx)
}

/** Who asks, where. Null when it is not a person: a channel, an admin who hides behind the group, another bot. */
export function askerOf(botId: number, ctx: Context): Asker | null {
  const { message, chat, from } = ctx
  if (!message || !chat || !from || from.is_bot || message.sender_chat) return null
  return {
    botId,
    chatId: chat.id,
    chatType: chat.type,
    threadId: (message.is_topic_message && message.message_thread_id) || null,
    userId: from.id,
    language: languageIn(ctx),
    messageId: message.message_id,
  }
}
