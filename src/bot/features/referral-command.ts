import { Composer } from 'grammy'
import { eventId } from '../../../queues/event.ts'
import type { BotDeps } from '../bot-deps.ts'
import { askerOf } from '../person.ts'

/** /referral: a person's own link, who came by it, and what it gave. */
export function referralCommand({ botId, store, growth, messages, replies, people }: BotDeps) {
  const composer = new Composer()
  composer.on('message').command('referral', async (ctx) => {
    const asker = askerOf(botId, ctx)
    if (!asker) return
    const { userId, language } = asker
    const [code, { came, counted, bonus }] = await Promise.all([
      growth.referralCode(botId, userId),
      growth.referralStanding(botId, userId),
    ])
    // After the code is made: the analytics stage looks it up then.
    await store.eventNow({
      id: eventId('feature_used', botId, ctx.update.update_id),
      ...{ name: 'feature_used', botId, userId, feature: 'referral' },
    })
    const link = `https://t.me/${ctx.me.username}?start=ref_${code}`
    const each = people.REFERRAL_BONUS
    replies.say(
      ctx,
      each > 0 && people.REFERRALS_PER_DAY > 0
        ? messages.text(language, 'referral', { link, came, counted, bonus, each })
        : messages.text(language, 'referral-without-bonus', { link, came }),
    )
  })
  return composer
}
