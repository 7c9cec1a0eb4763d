import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { Keys } from './keys.ts'
import type { Scripts } from './scripts.ts'

/** What `finish` gives a drain set to live (scripts/finish.lua). */
const DRAIN_TTL_MS = 7 * 24 * 3600_000

export interface Drain {
  key: string
  generation: number
  tickets: string[]
  ageMs: number
}

export type Leftovers = ReturnType<typeof createLeftovers>

/** What joining may leave behind when a process dies or Redis loses a second; for the watchdog, who takes it away. */
export function createLeftovers(redis: Redis, scripts: Scripts, keys: Keys) {
  /** All sets whose name begins so, without that beginning; some may come twice, as SCAN does. */
  async function* setsBelow(start: string): AsyncGenerator<string> {
    for await (const batch of redis.scanStream({ match: `${start}*`, type: 'set', count: 1000 }))
      for (const name of z.array(z.string()).parse(batch)) yield name.slice(start.length)
  }

  return {
    /** Keys that are said to be worked on, the oldest first. */
    inflight: (): Promise<string[]> => redis.zrange(keys.inflight, 0, -1),

    /** Takes away work that is not going on. @returns false when it is another generation by now, or is wanted. */
    async endWork(key: string, generation: string, end: { onlyUnwanted: boolean }): Promise<boolean> {
      const names = [keys.shared(key), keys.waiters(key), keys.inflight]
      return (await scripts.endWork(names, [key, generation, end.onlyUnwanted ? 1 : 0])) === 1
    },

    /** Everybody who is in a set of waiters, whatever has become of them. */
    async *waiters(): AsyncGenerator<{ key: string; ticket: string }> {
      for await (const key of setsBelow(keys.waiters('')))
        for (const ticket of await redis.smembers(keys.waiters(key))) yield { key, ticket }
    },

    /** Takes somebody out who does not wait there. @returns false when they do. */
    async endWaiting(key: string, ticket: string): Promise<boolean> {
      return (await scripts.endWaiting([keys.waiters(key), keys.request(ticket)], [ticket, key])) === 1
    },

    /** Those who were taken from the waiters, and whose next jobs nobody has confirmed. */
    async *drains(): AsyncGenerator<Drain> {
      const start = keys.drain('', 0).slice(0, -':0'.length)
      for await (const name of setsBelow(start)) {
        const [, key = '', generation = ''] = /^(.*):(\d+)$/.exec(name) ?? []
        const drain = keys.drain(key, Number(generation))
        const [tickets, ttlMs] = await Promise.all([redis.smembers(drain), redis.pttl(drain)])
        yield { key, generation: Number(generation), tickets, ageMs: DRAIN_TTL_MS - ttlMs }
      }
    },

    /** Takes out those whose next jobs are safe: one by one, so that nobody goes who was not looked at. */
    async undrain({ key, generation }: Drain, tickets: readonly string[]): Promise<void> {
      if (tickets.length > 0) await redis.srem(keys.drain(key, generation), ...tickets)
    },
  }
}
