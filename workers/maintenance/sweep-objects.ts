import type { Redis } from 'ioredis'
import { z } from 'zod'
import { Cached } from '../../queues/cached.ts'
import type { Keys } from '../../queues/keys.ts'
import type { Storage } from '../../src/shared/storage/storage.ts'

/** A younger object may belong to a production that has not ended. */
const SETTLED_MS = 24 * 3600_000

/**
 * Removes objects that no media key knows: of a worker that died between storing and saying so, of a production
 * that was cancelled, of a record that was lost.
 * @returns how many
 */
export async function sweepObjects(
  { redis, keys, storage }: { redis: Redis; keys: Keys; storage: Storage },
  nowMs: number,
): Promise<number> {
  const known = new Set<string>()
  for await (const batch of redis.scanStream({ match: keys.shared('*'), count: 1000 })) {
    for (const key of z.array(z.string()).parse(batch)) {
      const cached = Cached.safeParse(await redis.hgetall(key)).data
      for (const object of [cached?.media, cached?.thumbnail]) if (object) known.add(object.key)
    }
  }
  const unknown: string[] = []
  for await (const { key, modifiedAtMs } of storage.list('cache/'))
    if (!known.has(key) && nowMs - modifiedAtMs > SETTLED_MS) unknown.push(key)
  await storage.remove(unknown)
  return unknown.length
}
