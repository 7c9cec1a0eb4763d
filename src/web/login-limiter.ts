import type { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'

/** Enough for a person who mistypes, far too few for guessing. */
const LIMIT = { points: 10, duration: 15 * 60 }

/** Counts login attempts by address, over all processes; without Redis each process counts on its own. */
export function createLoginLimiter(redis: Redis, prefix: string) {
  const limiter = new RateLimiterRedis({
    ...LIMIT,
    storeClient: redis,
    keyPrefix: `${prefix}:web-login`,
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory(LIMIT),
  })

  return {
    /** Counts an attempt before it is judged, so that many at once do not slip through. @returns ms to wait, 0 for none. */
    async attempt(address: string): Promise<number> {
      try {
        await limiter.consume(address)
        return 0
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return refused.msBeforeNext
        throw refused
      }
    },

    /** After a login that was right. */
    async forgive(address: string): Promise<void> {
      await limiter.delete(address)
    },
  }
}
