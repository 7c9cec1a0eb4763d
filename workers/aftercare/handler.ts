import type { State } from '../../queues/state.ts'
import type { Config } from '../../src/shared/config.ts'
import type { Messages } from '../../src/shared/messages/messages.ts'
import type { Telegram } from '../../src/shared/telegram/create-telegram.ts'
import type { Handler } from '../context.ts'
import { growingWaitMs } from '../patience.ts'
import { Postpone } from '../postpone.ts'
import { askSurvey } from './ask-survey.ts'
import { giveBonus } from './give-bonus.ts'
import { showAd } from './show-ad.ts'

/** The delivery that it follows may be ending just now. */
const END_MS = 300

export interface AftercareDeps
  extends Pick<State, 'requests' | 'people' | 'referrals' | 'ads' | 'surveys' | 'experiments' | 'events'> {
  telegram: Telegram
  messages: Messages
  rules: Pick<Config<'people'>, 'ABOVE_FREE' | 'SURVEY'>
  random?: () => number
}

/**
 * What follows a delivery, or a refusal for the free limit: each at most once, and none of it holds up anything else.
 * A job that runs again does what is left.
 */
export function createHandler({ random = Math.random, ...deps }: AftercareDeps): Handler<'aftercare'> {
  const { requests, rules } = deps
  return async ({ data: { ticket, round } }, context) => {
    const request = await requests.get(ticket)
    if (request?.round !== round) return { done: [] }
    if (request.state === 'delivering') throw new Postpone(growingWaitMs(END_MS, context.attempt))
    const isDelivered = request.state === 'delivered'
    const steps: Record<string, () => Promise<boolean>> = {
      ...(isDelivered && { bonus: () => giveBonus(deps, request, context) }),
      ...(isDelivered &&
        request.above &&
        rules.ABOVE_FREE === 'ad' && { ad: () => showAd({ ...deps, random }, request, context) }),
      ...((isDelivered || request.failure === 'limit_reached') &&
        rules.SURVEY === 'on' && { survey: () => askSurvey(deps, request, context) }),
    }
    const done: string[] = []
    let later: unknown
    for (const [name, step] of Object.entries(steps))
      try {
        if (await step()) done.push(name)
      } catch (error) {
        // The others need not wait for it.
        later ??= error
      }
    if (later) throw later
    return { done }
  }
}
