import type { Redis } from 'ioredis'
import type { Keys } from './keys.ts'
import type { Queues } from './queues.ts'
import type { Scripts } from './scripts.ts'

/** Passing news of one key are shown to so many people: the rest see what comes next. */
const MOST_TICKETS = 20

/** First words and last words go before news of work in progress. */
const PRIORITY = { owed: 1, passing: 10 }

export type Notifier = ReturnType<typeof createNotifier>

/** Says that tickets have something new to show. Cheap, and safe to call too often: overtaken jobs do nothing. */
export function createNotifier(redis: Redis, scripts: Scripts, queues: Queues, keys: Keys) {
  const notify = async (ticket: string, kind: keyof typeof PRIORITY): Promise<void> => {
    const view = Number(await scripts.touch([keys.request(ticket)], []))
    if (view > 0)
      await queues.add('notify', { ticket, view }, { jobId: `${ticket}-${view}`, priority: PRIORITY[kind] })
  }

  return {
    /** Something that the person must hear: the first word, a question, the last word. */
    touch: (ticket: string) => notify(ticket, 'owed'),

    /** Some who wait for a key, for news that are worth an edit but not a delivery's place. @returns how many. */
    async touchWaiters(key: string): Promise<number> {
      const tickets = await redis.srandmember(keys.waiters(key), MOST_TICKETS)
      await Promise.all(tickets.map((ticket) => notify(ticket, 'passing')))
      return tickets.length
    },
  }
}
