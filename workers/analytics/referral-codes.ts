import type { Redis } from 'ioredis'
import type { AnalyticsEvent } from '../../queues/event.ts'
import type { Keys } from '../../queues/keys.ts'

/** A person's own code, by the names of the columns of `users`. */
export interface CodeRow {
  bot: string
  user_id: number
  code: string
}

/** Events after which a person has a code: it is made when they first ask for it, and is in no event. */
const hasCode = (event: AnalyticsEvent): boolean =>
  event.name === 'user_referred' || (event.name === 'feature_used' && event.feature === 'referral')

/** The codes of those who have one, out of what Redis knows of them. */
export async function readCodes(
  redis: Redis,
  keys: Keys,
  events: readonly AnalyticsEvent[],
  nameOf: (botId: number) => string,
): Promise<CodeRow[]> {
  const people = new Map<string, { botId: number; userId: number }>()
  for (const event of events)
    if (hasCode(event) && event.userId !== null)
      people.set(keys.person(event.botId, event.userId), { botId: event.botId, userId: event.userId })
  const rows = await Promise.all(
    [...people].map(async ([key, { botId, userId }]) => {
      const code = await redis.hget(key, 'code')
      return code ? [{ bot: nameOf(botId), user_id: userId, code }] : []
    }),
  )
  return rows.flat()
}
