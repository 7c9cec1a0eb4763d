import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'

/**
 * The password in a file that only its owner reads; the first call makes it.
 * Without one, everybody on this machine could command the engine: PostgreSQL even runs programs when told to.
 */
export async function keptPassword(file: string): Promise<string> {
  if (!existsSync(file)) await writeFile(file, randomBytes(18).toString('base64url'), { mode: 0o600 })
  return readFile(file, 'utf8')
}
