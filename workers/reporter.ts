import type { Redis } from 'ioredis'
import type { Keys } from '../queues/keys.ts'
import type { Notifier } from '../queues/notifier.ts'
import type { StageName } from '../queues/pipeline.ts'
import type { Logger } from '../src/shared/logger.ts'
import type { Progress } from './context.ts'

/** How often the numbers are written, and how often people are told that there are new ones. */
const WRITE_EVERY_MS = 500
const TELL_EVERY_MS = 3000
/** Long after any production. */
const TTL_S = 6 * 3600

export interface Reporter {
  /** The stage begins. */
  start(): Promise<void>
  progress(progress: Progress): void
  /** The stage will begin again, later: until then nothing is going on. */
  pause(): Promise<void>
  /** After this, nothing more is written. */
  stop(): void
}

/** Writes how far a production is, and tells those who wait for it. Never throws: progress is a courtesy. */
export function createReporter(
  deps: { redis: Redis; keys: Keys; notifier: Notifier; log: Logger },
  production: { mediaKey: string; generation: number },
  stage: StageName,
): Reporter {
  const { redis, keys, notifier, log } = deps
  const key = keys.progress(production.generation)
  let writtenAt = 0
  let toldAt = Date.now()
  let begun = false
  let stopped = false

  const write = async (fields: Record<string, string | number>, tell: boolean) => {
    try {
      await redis.multi().hset(key, fields).expire(key, TTL_S).exec()
      if (tell) await notifier.touchWaiters(production.mediaKey)
    } catch (error) {
      log.debug({ err: error }, 'progress was not written')
    }
  }

  return {
    start() {
      begun = true
      return write({ stage, percent: '', doneBytes: '', totalBytes: '' }, true)
    },

    progress({ percent, doneBytes, totalBytes }) {
      const now = Date.now()
      if (stopped || now - writtenAt < WRITE_EVERY_MS) return
      writtenAt = now
      const tell = now - toldAt >= TELL_EVERY_MS
      if (tell) toldAt = now
      void write(
        {
          stage,
          percent: percent === null ? '' : Math.floor(percent),
          doneBytes: doneBytes ?? '',
          totalBytes: totalBytes ?? '',
        },
        tell,
      )
    },

    async pause() {
      stopped = true
      if (!begun) return
      try {
        await redis.del(key)
        await notifier.touchWaiters(production.mediaKey)
      } catch (error) {
        log.debug({ err: error }, 'progress was not taken back')
      }
    },

    stop() {
      stopped = true
    },
  }
}
