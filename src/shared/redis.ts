import { Redis } from 'ioredis'
import { z } from 'zod'
import type { Logger } from './logger.ts'

interface RedisOptions {
  /**
   * `worker`: a command waits until Redis is back, however long; BullMQ's workers demand it. `producer` (bot, web):
   * a command fails at once or within seconds, for there is somebody who wants an answer.
   */
  role: 'producer' | 'worker'
  log?: Logger
}

const CONNECT_TIMEOUT_MS = 5_000
/** For a Redis that is connected and silent, which nothing else would notice. */
const PRODUCER_COMMAND_TIMEOUT_MS = 5_000
const MAX_RECONNECT_DELAY_MS = 1_000

const ROLES = {
  worker: { maxRetriesPerRequest: null },
  producer: {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    commandTimeout: PRODUCER_COMMAND_TIMEOUT_MS,
  },
} as const

/**
 * A client that connects now and, after a loss, again and again, at most a second apart: ioredis' own delays, and
 * those of a long outage even more, would outlast the outage. Whoever builds it disconnects it.
 */
export function createRedis(url: string, { role, log }: RedisOptions): Redis {
  const redis = new Redis(url, {
    ...ROLES[role],
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(50 * attempt, MAX_RECONNECT_DELAY_MS),
  })
  let away = false
  // Without a listener ioredis prints errors by itself. One line per outage says all; of the error its text only,
  // because a refused AUTH carries the password as a property.
  redis.on('error', (error: Error) => {
    if (!away) log?.warn({ reason: error.message }, 'Redis is away')
    away = true
  })
  redis.on('ready', () => {
    if (away) log?.info('Redis is back')
    away = false
  })
  return redis
}

const Time = z.tuple([z.coerce.number(), z.coerce.number()])

/** What time it is for Redis: the one clock that all processes share. What scripts note is compared with this. */
export async function redisNowMs(redis: Redis): Promise<number> {
  const [seconds, microseconds] = Time.parse(await redis.time())
  return seconds * 1000 + Math.floor(microseconds / 1000)
}
