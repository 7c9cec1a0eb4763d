import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { Keys } from '../../../queues/keys.ts'

/** A person at one bot. */
export interface Whom {
  botId: number
  userId: number
}

/** A request of a person, as far as it leads further. */
export interface RequestTrace {
  ticket: string
  linkHash: string
  mediaKey: string
}

const Names = z.array(z.string())

/**
 * Where a person is found in Redis. Nothing there is sorted by people, for nobody asks for it on the way of a request;
 * so everything is looked through, which takes seconds, and is asked for seldom.
 */
export function createTraces(redis: Redis, keys: Keys) {
  const { prefix } = keys

  async function* keysLike(match: string): AsyncGenerator<string> {
    // SCAN may name a key twice; whoever reads or deletes it twice does no harm.
    for await (const batch of redis.scanStream({ match, count: 1000 })) yield* Names.parse(batch)
  }

  async function* hashesLike(match: string, fields: readonly string[]) {
    for await (const batch of redis.scanStream({ match, type: 'hash', count: 1000 })) {
      const names = Names.parse(batch)
      const values = await Promise.all(names.map((name) => redis.hmget(name, ...fields)))
      for (const [at, name] of names.entries()) yield { name, values: values[at] ?? [] }
    }
  }

  return {
    /** Keys that bear the name of a person: `…:<botId>.<userId>`, and the counters under `user:<userId>`. */
    async namedKeys({ botId, userId }: Whom): Promise<string[]> {
      const found = new Set<string>()
      const isNamed = new RegExp(`:${botId}\\.${userId}(:|$)`)
      for await (const key of keysLike(`${prefix}:*:${botId}.${userId}*`))
        if (isNamed.test(key)) found.add(key)
      for await (const key of keysLike(`${prefix}:user:${userId}:*`)) found.add(key)
      return [...found]
    },

    /** Every request of a person that is still known. */
    async requests({ botId, userId }: Whom): Promise<RequestTrace[]> {
      const found = new Map<string, RequestTrace>()
      const fields = ['botId', 'userId', 'ticket', 'linkHash', 'mediaKey']
      for await (const { values } of hashesLike(keys.request('*'), fields)) {
        const [bot, user, ticket, linkHash, mediaKey] = values
        if (ticket && bot === String(botId) && user === String(userId))
          found.set(ticket, { ticket, linkHash: linkHash ?? '', mediaKey: mediaKey ?? '' })
      }
      return [...found.values()]
    },

    /** Of some links and media, those that other people have asked for lately, too. */
    async sharedWithOthers({ botId, userId }: Whom, of: { linkHashes: Set<string>; mediaKeys: Set<string> }) {
      const links = new Set<string>()
      const media = new Set<string>()
      const fields = ['botId', 'userId', 'linkHash', 'mediaKey']
      for await (const { values } of hashesLike(keys.request('*'), fields)) {
        const [bot, user, linkHash = '', mediaKey = ''] = values
        if (bot === String(botId) && user === String(userId)) continue
        if (linkHash && of.linkHashes.has(linkHash)) links.add(linkHash)
        if (mediaKey && of.mediaKeys.has(mediaKey)) media.add(mediaKey)
      }
      return { links, media }
    },

    /** People whom this one has brought: their hashes say so. */
    async broughtBy({ botId, userId }: Whom): Promise<string[]> {
      const found: string[] = []
      const ofBot = keys.person(botId, 0).slice(0, -1)
      for await (const { name, values } of hashesLike(`${ofBot}*`, ['referrerId']))
        if (values[0] === String(userId)) found.push(name)
      return found
    },
  }
}

export type Traces = ReturnType<typeof createTraces>
