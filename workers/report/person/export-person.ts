import type { State } from '../../../queues/state.ts'
import { exportPerson } from '../../../src/shared/db/personal-data.ts'
import type { Pool } from '../../../src/shared/db/pool.ts'
import type { Traces, Whom } from './traces.ts'

interface ExportDeps extends Pick<State, 'redis' | 'keys' | 'requests' | 'facts'> {
  db: Pool
  traces: Traces
}

/**
 * Everything that is kept of a person, as JSON: rows of the database, and what Redis holds. Of others there is no id in it:
 * who brought them is the other one's, too.
 */
export async function exportJson(
  { redis, keys, requests, facts, db, traces }: ExportDeps,
  whom: Whom,
): Promise<string> {
  const bot = (await redis.hget(keys.botNames, String(whom.botId))) ?? String(whom.botId)
  const named: Record<string, unknown> = {}
  for (const key of await traces.namedKeys(whom))
    named[key.slice(keys.prefix.length + 1)] = await readKey(redis, key)
  const asked = await Promise.all(
    (await traces.requests(whom)).map(async ({ ticket, linkHash }) => ({
      ...(await requests.get(ticket)),
      link: linkHash ? await facts.link(linkHash) : null,
    })),
  )
  const all = {
    exportedAt: new Date().toISOString(),
    ...{ bot, userId: whom.userId },
    database: await exportPerson(db, { bot, userId: whom.userId }),
    requests: asked,
    settings: named,
  }
  return JSON.stringify(all, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value), 2)
}

async function readKey(redis: State['redis'], key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'string':
      return await redis.get(key)
    case 'hash': {
      const { referrerId: _, ...fields } = await redis.hgetall(key)
      return fields
    }
    case 'set':
      return await redis.smembers(key)
    case 'zset':
      return await redis.zrange(key, 0, -1, 'WITHSCORES')
    default:
      return null
  }
}
