import { Composer, InlineKeyboard } from 'grammy'
import { eventId } from '../../../queues/event.ts'
import { Ticket } from '../../../queues/request.ts'
import { attend } from '../attendance.ts'
import type { BotDeps } from '../bot-deps.ts'
import { languageIn } from '../person.ts'

const PRESS = /^ad:(.+)$/

/**
 * The button under an ad. A button that opens an address tells us nothing, and the answer to a press may open none but
 * those of games and bots (core.telegram.org/bots/api#answercallbackquery): so the first press is counted and turns the
 * button into one that opens the address. Only the person who was shown the ad may press.
 */
export function adButton({ botId, store, growth, messages, replies }: BotDeps) {
  const composer = new Composer()
  composer.callbackQuery(PRESS, async (ctx) => {
    const ticket = Ticket.safeParse(ctx.match[1])
    const ad = ticket.success ? await growth.adOf(ticket.data) : null
    const language = languageIn(ctx)
    const isHere =
      ad?.botId === botId &&
      ad.chatId === ctx.chat?.id &&
      ad.messageId === ctx.callbackQuery.message?.message_id
    if (!ticket.success || !isHere || ad.userId !== ctx.from.id) {
      replies.toast(ctx, messages.text(language, isHere ? 'toast-not-yours' : 'toast-expired'))
      return
    }
    const clicked = store.eventNow({
      id: eventId('ad_clicked', ticket.data, ad.round),
      name: 'ad_clicked',
      ...{ botId, userId: ad.userId, ticket: ticket.data, campaignId: ad.campaignId },
    })
    // In a private chat it was noted before.
    const isNoted = ctx.chat?.type === 'private'
    await Promise.all([clicked, isNoted ? null : attend({ botId, store }, ctx, ad.userId)])
    replies.toast(ctx, messages.text(language, 'toast-ad-open'))
    const keyboard = new InlineKeyboard().url(`${ad.buttonText} ↗`, ad.buttonUrl)
    replies.run(() => ctx.editMessageReplyMarkup({ reply_markup: keyboard }))
  })
  return composer
}
