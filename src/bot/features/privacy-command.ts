import { Composer, type Context, InlineKeyboard } from 'grammy'
import { eventId } from '../../../queues/event.ts'
import type { BotDeps } from '../bot-deps.ts'
import { askerOf, languageIn, originOf } from '../person.ts'

const EXPORT = 'privacy:export'
const FORGET = 'privacy:forget'
const FORGET_YES = 'privacy:forget-yes'
const KEEP = 'privacy:keep'

/** A private chat has the id of the person: nobody else can press there. */
const isOwnChat = (ctx: Context): boolean => ctx.chat?.type === 'private' && ctx.chat.id === ctx.from?.id

/** /privacy: what is kept of a person, all of it as a file, and an end of it, which takes a second word. */
export function privacyCommand({ botId, store, messages, replies, eventsKeepMonths }: BotDeps) {
  const { text } = messages
  const used = (ctx: Context, userId: number, feature: 'privacy' | 'export' | 'forget'): Promise<void> =>
    store.eventNow({
      id: eventId('feature_used', botId, ctx.update.update_id),
      ...{ name: 'feature_used', botId, userId, feature },
    })
  const composer = new Composer()

  composer.on('message').command('privacy', async (ctx) => {
    const asker = askerOf(botId, ctx)
    if (!asker) return
    const { language, userId } = asker
    await used(ctx, userId, 'privacy')
    if (!isOwnChat(ctx)) return replies.say(ctx, text(language, 'privacy-in-private'))
    const keyboard = new InlineKeyboard()
      .text(text(language, 'button-export'), EXPORT)
      .row()
      .text(text(language, 'button-forget-me'), FORGET)
    replies.say(ctx, text(language, 'privacy', { months: eventsKeepMonths }), keyboard)
  })

  const own = composer.filter(isOwnChat)
  /** What the report stage needs of a press. */
  const orderOf = (ctx: Context, userId: number) => ({
    ...{ origin: originOf(botId, ctx), botId, userId, chatId: userId },
    ...{ threadId: null, language: languageIn(ctx) },
  })
  own.callbackQuery(EXPORT, async (ctx) => {
    const order = orderOf(ctx, ctx.from.id)
    await used(ctx, ctx.from.id, 'export')
    await store.report(order.origin, { kind: 'export', ...order })
    replies.toast(ctx, text(order.language, 'toast-export'))
  })
  own.callbackQuery(FORGET, (ctx) => {
    const language = languageIn(ctx)
    const keyboard = new InlineKeyboard()
      .text(text(language, 'button-forget-yes'), FORGET_YES)
      .text(text(language, 'button-forget-no'), KEEP)
    replies.toast(ctx)
    replies.run(() => ctx.editMessageText(text(language, 'privacy-confirm'), { reply_markup: keyboard }))
  })
  own.callbackQuery(FORGET_YES, async (ctx) => {
    const order = orderOf(ctx, ctx.from.id)
    await used(ctx, ctx.from.id, 'forget')
    await store.report(order.origin, { kind: 'forget', ...order })
    replies.toast(ctx)
    replies.run(() => ctx.editMessageText(text(order.language, 'privacy-forgetting')))
  })
  own.callbackQuery(KEEP, (ctx) => {
    replies.toast(ctx)
    replies.run(() => ctx.editMessageText(text(languageIn(ctx), 'privacy-kept')))
  })
  return composer
}
