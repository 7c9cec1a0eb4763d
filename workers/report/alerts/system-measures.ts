import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Keys } from '../../../queues/keys.ts'
import { STAGE_NAMES, type StageName } from '../../../queues/pipeline.ts'
import type { Queues } from '../../../queues/queues.ts'
import { redisNowMs } from '../../../src/shared/redis.ts'
import type { Storage } from '../../../src/shared/storage/storage.ts'
import { ObjectMissing } from '../../../src/shared/storage/storage-error.ts'
import type { Look } from './watch.ts'

const STORAGE_PATIENCE_MS = 15_000

export interface SystemDeps {
  redis: Redis
  keys: Keys
  queues: Queues
  storage: Pick<Storage, 'head'>
  /** Of the disk of the artifacts. */
  freeBytes: () => Promise<number>
  /** What must stay free on it (DISK_RESERVE_MB). */
  reserveBytes: number
}

/** What the parts of the product say of themselves. */
export function createSystemMeasures({ redis, keys, queues, storage, freeBytes, reserveBytes }: SystemDeps) {
  /** When the first in line of a stage came. Of work that lines up fairly, the first is the next one to be taken. */
  const firstInLineMs = async (stage: StageName): Promise<number | null> => {
    const queue = queues.queue(stage)
    const [waiting, lined] = await Promise.all([
      queue.getJobs(['waiting'], 0, 0, true),
      queue.getJobs(['prioritized'], 0, 0, true),
    ])
    const came = [...waiting, ...lined].flatMap((job) =>
      job && job.name !== 'canary' ? [job.timestamp] : [],
    )
    return came.length > 0 ? Math.min(...came) : null
  }

  return {
    /** Seconds, of the stage whose first in line waits longest. */
    async queueAge(): Promise<Look> {
      const nowMs = await redisNowMs(redis)
      const ages = await Promise.all(
        STAGE_NAMES.map(async (stage) => ({ stage, sinceMs: (await firstInLineMs(stage)) ?? nowMs })),
      )
      const oldest = ages.reduce((one, other) => (other.sinceMs < one.sinceMs ? other : one))
      const seconds = Math.max(0, (nowMs - oldest.sinceMs) / 1000)
      return { value: seconds, detail: seconds > 0 ? oldest.stage : null }
    },

    deadLetters: async (): Promise<Look> => ({
      value: await redis.zcard(keys.openDeadLetters),
      detail: null,
    }),

    /** 1 when less is free than twice what must stay free, below which no fetch begins. */
    async diskLow(fullDisks: number): Promise<Look> {
      const free = await freeBytes()
      const ratio = (2 * reserveBytes) / Math.max(1, free)
      return { value: Math.max(ratio, fullDisks > 0 ? 1 : 0), detail: `${Math.round(free / 1_000_000)} MB` }
    },

    /** Asks for an object that is not there: a storage that says so is well. */
    async storageAway(): Promise<Look> {
      try {
        const late = sleep(STORAGE_PATIENCE_MS, undefined, { ref: false })
        const answered = await Promise.race([storage.head(`probe/${randomUUID()}`), late])
        if (!answered) return { value: 1, detail: 'no answer' }
      } catch (error) {
        if (!(error instanceof ObjectMissing))
          return { value: 1, detail: error instanceof Error ? error.message : 'unknown' }
      }
      return { value: 0, detail: null }
    },
  }
}
