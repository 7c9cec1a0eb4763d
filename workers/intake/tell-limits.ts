import type { Cost } from '../../queues/cost.ts'
import type { Door, Refusal } from '../../queues/door.ts'
import { eventId } from '../../queues/event.ts'
import type { Events } from '../../queues/events.ts'
import type { Experiments } from '../../queues/people/experiments.ts'
import type { People, Seen } from '../../queues/people/people.ts'
import type { PeopleRules } from '../../queues/people/rules.ts'
import type { Asker, Request } from '../../queues/request.ts'

interface TellDeps {
  events: Events
  people: People
  experiments: Pick<Experiments, 'seen'>
  rules: PeopleRules
}

/** Says once that a person has run into the free limit, and which variant of a test they have met by it. */
export async function tellCost(
  deps: TellDeps,
  who: Pick<Request, 'botId' | 'userId'>,
  { used, allowed, reachedAtMs, met }: Cost,
  testName: string,
): Promise<void> {
  if (met) await deps.experiments.seen(who.botId, who.userId, testName, met)
  await tellReached(deps, { ...who, reachedAtMs, reachedUsed: used, reachedAllowed: allowed })
}

/**
 * Says that a request has run into the free limit, if it has: also when it is taken on after a run that died, wherever it
 * stands by then. Again, it is the same event.
 */
export async function tellReached(
  { events, people, rules }: Pick<TellDeps, 'events' | 'people' | 'rules'>,
  {
    botId,
    userId,
    reachedAtMs,
    reachedUsed: used,
    reachedAllowed: allowed,
  }: Pick<Request, 'botId' | 'userId' | 'reachedAtMs' | 'reachedUsed' | 'reachedAllowed'>,
): Promise<void> {
  if (reachedAtMs === null) return
  const { firstSeenMs } = await people.get(botId, userId)
  await events.publish({
    // Who was forgotten may reach it again.
    id: eventId('limit_reached', botId, userId, 'free', allowed, reachedAtMs),
    name: 'limit_reached',
    ...{ atMs: reachedAtMs, botId, userId, limit: 'free', used, allowed, policy: rules.ABOVE_FREE },
    daysSinceFirst: Math.max(0, Math.floor((reachedAtMs - (firstSeenMs ?? reachedAtMs)) / (24 * 3600_000))),
  })
}

/** Says that links were left out for their number: of a rate, once in its window. Who may not come in has no limit. */
export async function tellRefusal(
  { events }: Pick<TellDeps, 'events'>,
  { botId, userId }: Asker,
  { code, links, sinceMs }: Refusal,
  { most, linksPerMinute, linksPerDay }: Door,
  origin: string,
  { daysSinceFirst }: Seen,
): Promise<void> {
  const of = { name: 'limit_reached', botId, userId, policy: null, daysSinceFirst } as const
  // The note was there before, and has told it.
  if (code !== 'too_many' && sinceMs === 0) return
  const id = (limit: string, window: string | number) =>
    eventId('limit_reached', botId, userId, limit, window)
  if (code === 'too_many')
    await events.publishNow({
      ...of,
      ...{ id: id('active', origin), limit: 'active', used: most, allowed: most },
    })
  if (code === 'too_often')
    await events.publishNow({
      ...of,
      ...{ id: id('minute', sinceMs), limit: 'minute', used: links, allowed: linksPerMinute },
    })
  if (code === 'too_many_today')
    await events.publishNow({
      ...of,
      ...{ id: id('day', sinceMs), limit: 'day', used: links, allowed: linksPerDay },
    })
}
