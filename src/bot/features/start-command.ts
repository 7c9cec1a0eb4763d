import { Composer } from 'grammy'
import { eventId } from '../../../queues/event.ts'
import type { BotDeps } from '../bot-deps.ts'
import { askerOf, languageIn } from '../person.ts'

/** What Telegram lets through in a deep link (core.telegram.org/bots/features#deep-linking). */
const PAYLOAD = /^[A-Za-z0-9_-]{1,64}$/
const REFERRAL = /^ref_(.+)$/

interface Source {
  source: 'organic' | 'referral' | 'campaign'
  campaign: string | null
  referralCode: string | null
}

/**
 * Where a person comes from, by the payload of t.me/<bot>?start=<payload>. Anybody can make one up: it is a label for
 * the statistics and gives nobody anything.
 */
export function sourceOf(payload: string): Source {
  if (!PAYLOAD.test(payload)) return { source: 'organic', campaign: null, referralCode: null }
  const referralCode = REFERRAL.exec(payload)?.[1] ?? null
  return referralCode
    ? { source: 'referral', campaign: null, referralCode }
    : { source: 'campaign', campaign: payload, referralCode: null }
}

/** /start, with or without the payload of a deep link. */
export function startCommand({ botId, store, messages, replies }: BotDeps) {
  const composer = new Composer()
  composer.on('message').command('start', async (ctx) => {
    const asker = askerOf(botId, ctx)
    if (!asker) return
    const { userId, language } = asker
    const source = sourceOf(ctx.match)
    const updateId = ctx.update.update_id
    const at = { atMs: ctx.message.date * 1000, botId, userId }
    await store.event({
      id: eventId('bot_start', botId, updateId),
      name: 'bot_start',
      ...at,
      source: source.source,
      campaign: source.campaign,
      referrerId: null,
      isNew: false,
      language,
    })
    replies.say(ctx, messages.text(languageIn(ctx), 'start'))
  })
  return composer
}
