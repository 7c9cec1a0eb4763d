import { createHmac, randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'

export const SESSION_TTL_S = 12 * 3600

export type Sessions = ReturnType<typeof createSessions>

/**
 * Who is logged in, kept in Redis so that a restart logs nobody out. An id is 256 random bits; Redis holds only
 * its HMAC under the password, so a look into Redis opens no session, and a new password ends them all.
 */
export function createSessions(redis: Redis, prefix: string, password: string) {
  const key = (id: string) =>
    `${prefix}:web-session:${createHmac('sha256', password).update(id).digest('base64url')}`

  return {
    /** @returns the id for the cookie. */
    async open(): Promise<string> {
      const id = randomBytes(32).toString('base64url')
      await redis.set(key(id), '1', 'EX', SESSION_TTL_S)
      return id
    },

    async isOpen(id: string): Promise<boolean> {
      return (await redis.exists(key(id))) === 1
    },

    async close(id: string): Promise<void> {
      await redis.del(key(id))
    },
  }
}
