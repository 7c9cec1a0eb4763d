import { randomBytes } from 'node:crypto'

/**
 * The key of a new cached object, for example `cache/0f…c3.mp4`: 128 random bits, so that knowing a link does
 * not tell where its file is.
 * @param extension without the dot.
 */
export function newObjectKey(extension: string): string {
  if (!/^[a-z0-9]{1,8}$/.test(extension)) throw new RangeError('not a file extension')
  return `cache/${randomBytes(16).toString('hex')}.${extension}`
}
