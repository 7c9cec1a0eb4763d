import { eventId } from '../../queues/event.ts'
import type { Events } from '../../queues/events.ts'
import { type Ads, pickAd } from '../../queues/people/ads.ts'
import type { Experiments } from '../../queues/people/experiments.ts'
import type { Request } from '../../queues/request.ts'
import type { Messages } from '../../src/shared/messages/messages.ts'
import { clientSignal } from '../../src/shared/telegram/client-signal.ts'
import type { Telegram } from '../../src/shared/telegram/create-telegram.ts'
import type { StageContext } from '../context.ts'
import { sayOnce } from './say-once.ts'

export interface AdDeps {
  ads: Ads
  experiments: Pick<Experiments, 'meet'>
  events: Events
  telegram: Telegram
  messages: Messages
  /** From 0 to less than 1. */
  random: () => number
}

/** An ad below the file, at most one per delivery. It counts as shown when Telegram has confirmed it. */
export async function showAd(
  { ads, experiments, events, telegram, messages, random }: AdDeps,
  request: Request,
  context: StageContext,
): Promise<boolean> {
  const { ticket, round, botId, userId, chatId, language } = request
  const running = await ads.running()
  if (running.length === 0) return false
  const variant = await experiments.meet('ads', botId, userId)
  const eligible = variant?.campaigns ? running.filter(({ id }) => variant.campaigns?.includes(id)) : running
  const picked = pickAd(eligible, random)
  if (!picked) return false
  const claim = await ads.claim(request, picked)
  if (claim === 'no') return false
  if (claim === 'claimed') {
    const text = `${variant?.message ?? picked.message}\n\n${messages.text(language, 'ad-mark')}`
    const sent = await sayOnce(
      () =>
        telegram.api.sendMessage(
          chatId,
          text,
          {
            ...placeOf(request),
            link_preview_options: { is_disabled: true },
            reply_markup: {
              inline_keyboard: [[{ text: picked.buttonText, callback_data: `ad:${ticket}` }]],
            },
          },
          clientSignal(context.signal),
        ),
      () => ads.release(request),
      context,
    )
    if (!sent) return false
    await ads.shown(request, sent.message_id)
  }
  // Shown before, by a run that died: it may be another one that was picked now.
  const shown = await ads.of(ticket)
  if (!shown) return false
  await events.publishNow({
    id: eventId('ad_shown', ticket, round),
    name: 'ad_shown',
    ...{ botId, userId, ticket, campaignId: shown.campaignId },
  })
  return true
}

/** Below the file; in a group, in answer to who asked for it. */
const placeOf = ({ chatType, messageId, threadId }: Request) => ({
  ...(chatType === 'private'
    ? {}
    : { reply_parameters: { message_id: messageId, allow_sending_without_reply: true } }),
  ...(threadId ? { message_thread_id: threadId } : {}),
})
