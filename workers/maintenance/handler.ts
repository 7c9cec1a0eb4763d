import { randomInt } from 'node:crypto'
import type { Redis } from 'ioredis'
import { StageError } from '../../queues/failure.ts'
import type { Joins } from '../../queues/join.ts'
import type { Keys } from '../../queues/keys.ts'
import type { Notifier } from '../../queues/notifier.ts'
import { type DataOf, STAGE_NAMES } from '../../queues/pipeline.ts'
import type { Queues } from '../../queues/queues.ts'
import type { RequestStore } from '../../queues/requests.ts'
import type { Logger } from '../../src/shared/logger.ts'
import type { Storage } from '../../src/shared/storage/storage.ts'
import type { Handler } from '../context.ts'
import { reconcile } from './reconcile.ts'
import { sweepObjects } from './sweep-objects.ts'

/** An upload that has not ended after this never will. */
const STALE_UPLOAD_MS = 24 * 3600_000

/** News of places are worth so many edits a round, and no more: deliveries need the gate too. */
const MOST_TOLD = 20

export interface MaintenanceDeps {
  redis: Redis
  keys: Keys
  joins: Joins
  queues: Queues
  requests: RequestStore
  notifier: Notifier
  storage: Storage
}

export function createHandler(deps: MaintenanceDeps): Handler<'maintenance'> {
  const { redis, keys, joins, queues, notifier, storage } = deps

  const TASKS: Record<DataOf<'maintenance'>['task'], (log: Logger) => Promise<number>> = {
    /** A job that does nothing, through every queue: what /ready looks at. The id keeps it to one at a time. */
    canary: async () => {
      await Promise.all(
        STAGE_NAMES.map((name) =>
          queues
            .queue(name)
            .add('canary', {}, { jobId: 'canary', removeOnComplete: true, removeOnFail: true }),
        ),
      )
      return STAGE_NAMES.length
    },

    /** Those who still wait for their fetch see their place move. */
    positions: async () => {
      let told = 0
      for (const key of fromAnywhere(await redis.zrange(keys.inflight, 0, -1))) {
        const { generation } = await joins.shared(key)
        if (
          !generation ||
          key.startsWith('inspect.') ||
          (await redis.exists(keys.progress(Number(generation))))
        )
          continue
        told += await notifier.touchWaiters(key)
        if (told >= MOST_TOLD) break
      }
      return told
    },

    reconcile: (log) => reconcile(deps, log, Date.now()),
    sweep_objects: () => sweepObjects(deps, Date.now()),
    sweep_uploads: () => storage.abortStaleUploads(STALE_UPLOAD_MS),
  }

  return async ({ data }, { log }) => {
    const task = TASKS[data.task]
    if (!task) throw new StageError('internal', { detail: 'unknown task' })
    return { done: await task(log) }
  }
}

/** In their order, but from a place that is left to chance: it is everybody's turn now and then. */
function fromAnywhere<T>(items: T[]): T[] {
  const start = randomInt(Math.max(1, items.length))
  return [...items.slice(start), ...items.slice(0, start)]
}
