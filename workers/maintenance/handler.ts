import { randomInt } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { DeadLetters } from '../../queues/dead-letters.ts'
import type { Events } from '../../queues/events.ts'
import { StageError } from '../../queues/failure.ts'
import type { Joins } from '../../queues/join.ts'
import type { Keys } from '../../queues/keys.ts'
import type { Leftovers } from '../../queues/leftovers.ts'
import type { Mends, Sweep } from '../../queues/mends.ts'
import type { Notifier } from '../../queues/notifier.ts'
import type { People } from '../../queues/people/people.ts'
import type { Surveys } from '../../queues/people/survey.ts'
import { type DataOf, STAGE_NAMES } from '../../queues/pipeline.ts'
import type { Queues } from '../../queues/queues.ts'
import type { RequestStore } from '../../queues/requests.ts'
import type { Config } from '../../src/shared/config.ts'
import type { Pool } from '../../src/shared/db/pool.ts'
import type { Logger } from '../../src/shared/logger.ts'
import { redisNowMs } from '../../src/shared/redis.ts'
import type { Storage } from '../../src/shared/storage/storage.ts'
import type { Handler } from '../context.ts'
import type { FailPoint } from '../fail-point.ts'
import { createDailyNumbers } from './daily-numbers.ts'
import { keepPartitions } from './keep-partitions.ts'
import { keepOffers } from './offers.ts'
import { reconcile } from './reconcile.ts'
import { reportsDue } from './reports-due.ts'
import { sweepFailed } from './sweep-failed.ts'
import { sweepObjects } from './sweep-objects.ts'
import { watchOver } from './watchdog.ts'

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
  events: Events
  surveys: Surveys
  people: People
  storage: Storage
  leftovers: Leftovers
  mends: Mends
  deadLetters: DeadLetters
  /** Opens no connection before the first query; what needs it fails alone while it is away. */
  db: Pool
  /** Resolves when the tables are there. */
  migrated(): Promise<void>
  reporting: Config<'reporting'>
}

export function createHandler(deps: MaintenanceDeps): Handler<'maintenance'> {
  const { redis, keys, joins, queues, notifier, storage, mends, reporting } = deps
  const swept = async (sweep: Sweep, count: number, log: Logger): Promise<number> => {
    await mends.swept(sweep, count, log)
    return count
  }

  type Task = (log: Logger, failPoint: FailPoint) => Promise<number>
  const TASKS: Record<DataOf<'maintenance'>['task'], Task> = {
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

    reconcile: async (log, failPoint) => reconcile({ ...deps, failPoint }, log, await redisNowMs(redis)),
    watchdog: (log) => watchOver(deps, log),
    sweep_failed: async () => sweepFailed(deps, await redisNowMs(redis)),
    sweep_objects: async (log) => swept('objects', await sweepObjects(deps, Date.now()), log),
    partitions: async (log) => keepPartitions(deps, log),
    offers: async (log) => keepOffers(deps, log),
    daily_numbers: createDailyNumbers(deps),
    reports: async () => {
      const due = reportsDue(await redisNowMs(redis), reporting.REPORT_TZ)
      for (const { data, jobId } of due) await queues.add('report', data, { jobId })
      return due.length
    },
    sweep_uploads: async (log) => swept('uploads', await storage.abortStaleUploads(STALE_UPLOAD_MS), log),
  }

  return async ({ data }, { log, failPoint }) => {
    const task = TASKS[data.task]
    if (!task) throw new StageError('internal', { detail: 'unknown task' })
    return { done: await task(log, failPoint) }
  }
}

/** In their order, but from a place that is left to chance: it is everybody's turn now and then. */
function fromAnywhere<T>(items: T[]): T[] {
  const start = randomInt(Math.max(1, items.length))
  return [...items.slice(start), ...items.slice(0, start)]
}
