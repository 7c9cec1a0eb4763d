import { createHmac, randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Passwords } from './password-check.ts'
import { Role } from './role.ts'

export const SESSION_TTL_S = 12 * 3600

export type Sessions = ReturnType<typeof createSessions>

/**
 * Who is logged in, kept in Redis so that a restart logs nobody out. An id is 256 random bits; Redis holds only its
 * HMAC under the passwords, so a look into Redis opens no session, and a new password of either role ends them all.
 */
export function createSessions(redis: Redis, prefix: string, { admin, viewer }: Passwords) {
  const secret = JSON.stringify([admin, viewer ?? null])
  const key = (id: string) =>
    `${prefix}:web-session:${createHmac('sha256', secret).update(id).digest('base64url')}`

  return {
    /** @returns the id for the cookie. */
    async open(role: Role): Promise<string> {
      const id = randomBytes(32).toString('base64url')
      await redis.set(key(id), role, 'EX', SESSION_TTL_S)
      return id
    },

    /** @returns the role of the session; null when it is not open. */
    async roleOf(id: string): Promise<Role | null> {
      return Role.nullable()
        .catch(null)
        .parse(await redis.get(key(id)))
    },

    async close(id: string): Promise<void> {
      await redis.del(key(id))
    },
  }
}
