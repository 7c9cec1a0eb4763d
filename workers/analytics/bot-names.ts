import type { Redis } from 'ioredis'
import type { Keys } from '../../queues/keys.ts'

/** The names under which the numbers of bots stand: what a bot said at its start, or its id for one that has not. */
export function createBotNames(redis: Redis, keys: Keys) {
  const known = new Map<number, string>()

  return async function namesOf(botIds: ReadonlySet<number>): Promise<(botId: number) => string> {
    const unknown = [...botIds].filter((id) => !known.has(id))
    if (unknown.length > 0) {
      const names = await redis.hmget(keys.botNames, ...unknown.map(String))
      for (const [i, id] of unknown.entries()) {
        const name = names[i]
        if (name) known.set(id, name)
      }
    }
    return (botId) => known.get(botId) ?? String(botId)
  }
}
