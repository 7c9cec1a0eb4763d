import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const USER = 'admin'
const HASH_BYTES = 32

const hash = promisify<string, Buffer, number, Buffer>(scrypt)

/**
 * Judges a user and a password. It takes the same time whatever is wrong, and long enough (scrypt) that guessing
 * is slow.
 */
export function createPasswordCheck(password: string) {
  const salt = randomBytes(16)
  const known = hash(password, salt, HASH_BYTES)

  return async (user: string, candidate: string): Promise<boolean> => {
    const same = timingSafeEqual(await known, await hash(candidate, salt, HASH_BYTES))
    return same && user === USER
  }
}
