import type { Redis } from 'ioredis'
import type { Keys } from './keys.ts'
import type { Queues } from './queues.ts'

/** Changes of many tickets at once are shown to so many people: the rest see what comes next. */
const MOST_TICKETS = 20

export type Notifier = ReturnType<typeof createNotifier>

/** Says that tickets have something new to show. Cheap, and safe to call too often: overtaken jobs do nothing. */
export function createNotifier(redis: Redis, queues: Queues, keys: Keys) {
  const touch = async (ticket: string): Promise<void> => {
    const view = await redis.hincrby(keys.request(ticket), 'view', 1)
    await queues.add('notify', { ticket, view }, { jobId: `${ticket}-${view}` })
  }

  return {
    touch,

    /** Everyone on the list: for ends, which nobody may miss. */
    async touchAll(tickets: readonly string[]): Promise<void> {
      await Promise.all(tickets.map(touch))
    },

    /** Those who wait for a key, for news that are worth an edit but not a delivery's place at the gate. */
    async touchWaiters(key: string): Promise<void> {
      const tickets = await redis.srandmember(keys.waiters(key), MOST_TICKETS)
      await Promise.all(tickets.map(touch))
    },
  }
}
