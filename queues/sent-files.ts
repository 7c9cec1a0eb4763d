import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { Keys } from './keys.ts'
import { MediaFile } from './media.ts'
import type { Scripts } from './scripts.ts'

/** All that it takes to send a file again: the id that this bot got for it, what Telegram made of it, and its facts. */
export const SentFile = z.object({
  fileId: z.string(),
  kind: z.enum(['video', 'audio', 'animation', 'document']),
  file: MediaFile,
})
export type SentFile = z.infer<typeof SentFile>

/** A delivery that holds this has so long to renew it; then another one gives Telegram the bytes. */
const LEASE_MS = 30_000

export type SentFiles = ReturnType<typeof createSentFiles>

/** Files that Telegram has: per bot, because a file_id is good for one bot only. */
export function createSentFiles(redis: Redis, scripts: Scripts, keys: Keys) {
  return {
    async get(botId: number, mediaKey: string): Promise<SentFile | null> {
      const stored = await redis.get(keys.file(botId, mediaKey))
      return stored ? SentFile.parse(JSON.parse(stored)) : null
    },

    async save(botId: number, mediaKey: string, file: SentFile): Promise<void> {
      await redis.set(keys.file(botId, mediaKey), JSON.stringify(file))
    },

    async forget(botId: number, mediaKey: string): Promise<void> {
      await redis.del(keys.file(botId, mediaKey))
    },

    /**
     * Asks to be the one delivery that gives Telegram the bytes. Null when another one is at it: its file_id is worth
     * waiting for, and `jobId` will be among those whom its `release` names. Until then the lease renews itself.
     */
    async lease(
      botId: number,
      mediaKey: string,
      jobId: string,
    ): Promise<{ release(): Promise<string[]> } | null> {
      const key = keys.uploading(botId, mediaKey)
      const waiting = keys.awaitingFile(botId, mediaKey)
      const holder = `${jobId}.${randomUUID()}`
      if ((await redis.set(key, holder, 'PX', LEASE_MS, 'NX')) !== 'OK') {
        await redis.multi().sadd(waiting, jobId).pexpire(waiting, LEASE_MS).exec()
        return null
      }
      const renewal = setInterval(() => {
        scripts.lease([key, waiting], ['renew', holder, LEASE_MS]).catch(() => undefined)
      }, LEASE_MS / 3)
      return {
        async release() {
          clearInterval(renewal)
          return z.array(z.string()).parse(await scripts.lease([key, waiting], ['release', holder, 0]))
        },
      }
    },
  }
}
