import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { keptPassword } from '../engines/kept-password.ts'

/** The bot that the stand-in knows; the number in front is its user id. */
const BOT_ID = 7_000_000_001

/** What stays the same from start to start: a login that people note down, and the token of the stand-in's bot. */
export async function keptSecrets(dir: string): Promise<{ adminPassword: string; botToken: string }> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  return {
    adminPassword: await keptPassword(join(dir, 'admin-password')),
    botToken: `${BOT_ID}:${await keptPassword(join(dir, 'bot-token'))}`,
  }
}
