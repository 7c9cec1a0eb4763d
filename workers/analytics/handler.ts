import type { Redis } from 'ioredis'
import { DatabaseError } from 'pg'
import type { AnalyticsEvent } from '../../queues/event.ts'
import { StageError } from '../../queues/failure.ts'
import type { Keys } from '../../queues/keys.ts'
import { MOST_EVENTS } from '../../queues/stages/analytics.ts'
import type { Pool } from '../../src/shared/db/pool.ts'
import type { Logger } from '../../src/shared/logger.ts'
import type { Handler } from '../context.ts'
import type { FailPoint } from '../fail-point.ts'
import { createBotNames } from './bot-names.ts'
import { eventRow } from './event-row.ts'
import { type Inserted, insertEvents } from './insert-events.ts'
import { createMicroBatch } from './micro-batch.ts'
import { readCodes } from './referral-codes.ts'
import { writeEvents } from './write-events.ts'

const MAX_ROWS = 2 * MOST_EVENTS
const MAX_WAIT_MS = 20
/** One connection of the pool is left to others. */
const BATCHES_AT_ONCE = 3

export interface AnalyticsDeps {
  redis: Redis
  keys: Keys
  db: Pool
  /** Resolves when the tables are there. */
  migrated(): Promise<void>
  /** Days are of this time zone. */
  timeZone: string
  log: Logger
}

interface Item {
  events: readonly AnalyticsEvent[]
  failPoint: FailPoint
}

/**
 * Writes events to PostgreSQL. Jobs that run at once share one transaction; each ends when it is committed.
 * Whatever fails is tried again later, and an event that was written after all is then found there.
 */
export function createHandler({
  redis,
  keys,
  db,
  migrated,
  timeZone,
  log,
}: AnalyticsDeps): Handler<'analytics'> {
  const namesOf = createBotNames(redis, keys)

  const write = createMicroBatch<Item, number>({
    sizeOf: ({ events }) => events.length,
    most: MAX_ROWS,
    maxWaitMs: MAX_WAIT_MS,
    atOnce: BATCHES_AT_ONCE,
    async flush(items) {
      const pass: FailPoint = (place) => items[0]?.failPoint(place)
      pass('gathered')
      await migrated()
      const events = items.flatMap((item) => item.events)
      const nameOf = await namesOf(new Set(events.map(({ botId }) => botId)))
      const codes = await readCodes(redis, keys, events, nameOf)
      const rows = events.map((event) => eventRow(event, nameOf(event.botId)))
      const results = await insertEvents((some) => writeEvents(db, timeZone, some, codes), rows)
      pass('written')
      log.debug({ rows: rows.length }, 'events written')
      let next = 0
      return items.map((item) => {
        const from = next
        next += item.events.length
        return resultOf(results.slice(from, next))
      })
    },
  })

  return async ({ data }, { failPoint }) => {
    try {
      return { inserted: await write({ events: data.events, failPoint }) }
    } catch (error) {
      throw asStageError(error)
    }
  }
}

/** Of one job: how many of its events are new, or why one could not be written. The others are, all the same. */
function resultOf(results: readonly Inserted[]): PromiseSettledResult<number> {
  let inserted = 0
  for (const result of results) {
    if (result.status === 'rejected') return result
    if (result.value) inserted += 1
  }
  return { status: 'fulfilled', value: inserted }
}

function asStageError(error: unknown): StageError {
  // PostgreSQL's messages quote the row: only the code leaves, and no cause.
  if (error instanceof DatabaseError) {
    // Classes 22 and 23 are about the row: no attempt will make it fit.
    const isOfTheRow = /^2[23]/.test(error.code ?? '')
    return new StageError(isOfTheRow ? 'input_missing' : 'internal', {
      detail: `database says ${error.code}`,
    })
  }
  return new StageError('internal', { detail: 'database unreachable', cause: error })
}
