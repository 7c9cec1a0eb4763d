import { eventId } from '../../queues/event.ts'
import type { Events } from '../../queues/events.ts'
import type { People } from '../../queues/people/people.ts'
import type { Referrals } from '../../queues/people/referrals.ts'
import { Language, type Request } from '../../queues/request.ts'
import type { Messages } from '../../src/shared/messages/messages.ts'
import { clientSignal } from '../../src/shared/telegram/client-signal.ts'
import type { Telegram } from '../../src/shared/telegram/create-telegram.ts'
import type { StageContext } from '../context.ts'
import { Postpone } from '../postpone.ts'
import { sayOnce } from './say-once.ts'

export interface BonusDeps {
  referrals: Referrals
  people: Pick<People, 'get'>
  events: Events
  telegram: Telegram
  messages: Messages
}

/**
 * After a newcomer's first file: who brought them gets more free ones, once, and hears of it, if they can be reached.
 * @throws Postpone while it is too early for it
 */
export async function giveBonus(
  { referrals, people, events, telegram, messages }: BonusDeps,
  { botId, userId }: Request,
  context: StageContext,
): Promise<boolean> {
  const granted = await referrals.grantBonus(botId, userId)
  if (!granted) return false
  if ('waitMs' in granted) throw new Postpone(granted.waitMs)
  const { referrerId, amount, startedBy } = granted
  context.failPoint('granted')
  await events.publishNow({
    id: eventId('bonus_granted', botId, userId, startedBy),
    name: 'bonus_granted',
    ...{ botId, userId: referrerId, referredUserId: userId, amount },
  })
  if (!(await referrals.bonusSaid(botId, userId))) return true
  const language = Language.catch('en').parse((await people.get(botId, referrerId)).language)
  await sayOnce(
    () =>
      // A private chat has the id of its person.
      telegram.api.sendMessage(
        referrerId,
        messages.text(language, 'bonus-granted', { amount }),
        {},
        clientSignal(context.signal),
      ),
    () => referrals.bonusUnsaid(botId, userId, amount),
    context,
  )
  return true
}
