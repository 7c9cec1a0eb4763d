import { DatabaseError } from 'pg'
import { StageError } from '../../queues/failure.ts'
import type { Pool } from '../../src/shared/db/pool.ts'
import type { Logger } from '../../src/shared/logger.ts'
import type { Handler } from '../context.ts'
import type { FailPoint } from '../fail-point.ts'
import { eventRow } from './event-row.ts'
import { insertEvents } from './insert-events.ts'
import { createMicroBatch } from './micro-batch.ts'

const MAX_ROWS = 500
const MAX_WAIT_MS = 50

/**
 * Writes events to PostgreSQL. Jobs that run at once share one statement; each ends when it is committed.
 * Whatever fails is tried again later, and an event that was written after all is then found there.
 */
export function createHandler({ db, log }: { db: Pool; log: Logger }): Handler<'analytics'> {
  const insert = createMicroBatch({
    maxItems: MAX_ROWS,
    maxWaitMs: MAX_WAIT_MS,
    async flush(items: { row: ReturnType<typeof eventRow>; failPoint: FailPoint }[]) {
      const pass: FailPoint = (place) => items[0]?.failPoint(place)
      pass('gathered')
      const results = await insertEvents(
        db,
        items.map(({ row }) => row),
      )
      pass('written')
      log.debug({ rows: items.length }, 'events written')
      return results
    },
  })

  return async ({ data }, { failPoint }) => {
    try {
      const inserted = await Promise.all(
        data.events.map((event) => insert({ row: eventRow(event), failPoint })),
      )
      return { inserted: inserted.filter(Boolean).length }
    } catch (error) {
      throw asStageError(error)
    }
  }
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
  if (error instanceof RangeError)
    return new StageError('input_missing', { detail: 'the event has no possible time' })
  return new StageError('internal', { detail: 'database unreachable', cause: error })
}
