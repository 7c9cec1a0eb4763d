import { Composer } from 'grammy'
import { eventId } from '../../../queues/event.ts'
import { calendarDay } from '../../../queues/people/calendar.ts'
import type { Touch } from '../../../queues/people/referrals.ts'
import { noAccess } from '../../../queues/people/rules.ts'
import type { BotDeps } from '../bot-deps.ts'
import { askerOf, languageIn, originOf } from '../person.ts'

/** What Telegram lets through in a deep link (core.telegram.org/bots/features#deep-linking). */
const PAYLOAD = /^[A-Za-z0-9_-]{1,64}$/
const REFERRAL = /^ref_(.+)$/
const HOUR_MS = 3600_000

/**
 * Where a person comes from, by the payload of t.me/<bot>?start=<payload>. Anybody can make one up: it is a label for
 * the statistics, and whose code it is, Redis says.
 */
export function touchOf(payload: string): Touch {
  if (!PAYLOAD.test(payload)) return { source: 'organic', campaign: null, code: null }
  const code = REFERRAL.exec(payload)?.[1] ?? null
  return code
    ? { source: 'referral', campaign: null, code }
    : { source: 'campaign', campaign: payload, code: null }
}

/** /start, with or without the payload of a deep link. The first one ever says where a person comes from. */
export function startCommand({ botId, store, growth, messages, replies, people, timeZone }: BotDeps) {
  const composer = new Composer()
  composer.on('message').command('start', async (ctx) => {
    const asker = askerOf(botId, ctx)
    if (!asker) return
    const { userId, language } = asker
    const atMs = ctx.message.date * 1000
    const { source, campaign, referrerId, isNew } = await growth.start(
      { botId, userId },
      {
        ...{ origin: originOf(botId, ctx), touch: touchOf(ctx.match) },
        today: calendarDay(atMs, timeZone).day,
      },
      {
        ...{ bonus: people.REFERRAL_BONUS, mostPerDay: people.REFERRALS_PER_DAY },
        waitMs: people.REFERRAL_BONUS_HOURS * HOUR_MS,
      },
    )
    const of = { atMs, botId }
    // One who had everything deleted may be brought again.
    await Promise.all([
      store.event({
        id: eventId('bot_start', botId, ctx.update.update_id),
        name: 'bot_start',
        ...{ ...of, userId, source, campaign, referrerId, isNew, language },
      }),
      isNew && referrerId !== null
        ? store.event({
            id: eventId('user_referred', botId, userId, originOf(botId, ctx)),
            name: 'user_referred',
            ...{ ...of, userId: referrerId, referredUserId: userId },
          })
        : null,
    ])
    // Who comes by invitation only has brought it with this very message, or not.
    const why = people.ACCESS === 'invite' ? noAccess(people, userId, await store.person(asker)) : null
    replies.say(ctx, messages.text(languageIn(ctx), why ? `failure-${why}` : 'start'))
  })
  return composer
}
