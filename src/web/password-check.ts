import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { Role } from './role.ts'

const HASH_BYTES = 32

const hash = promisify<string, Buffer, number, Buffer>(scrypt)

/** The viewer's may be missing: then nobody is one. */
export interface Passwords {
  admin: string
  viewer?: string | undefined
}

/**
 * Judges a user and a password. It takes the same time whatever is wrong and whoever is asked for, and long enough
 * (scrypt) that guessing is slow.
 */
export function createPasswordCheck({ admin, viewer }: Passwords) {
  const salt = randomBytes(16)
  const known: [Role, Promise<Buffer> | Buffer][] = [
    ['admin', hash(admin, salt, HASH_BYTES)],
    ['viewer', viewer === undefined ? randomBytes(HASH_BYTES) : hash(viewer, salt, HASH_BYTES)],
  ]

  /** @returns the role, null when something is wrong. */
  return async (user: string, candidate: string): Promise<Role | null> => {
    const given = await hash(candidate, salt, HASH_BYTES)
    let role: Role | null = null
    for (const [name, right] of known) {
      const same = timingSafeEqual(await right, given)
      if (same && user === name) role = name
    }
    return role
  }
}
