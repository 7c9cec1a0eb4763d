import { DatabaseError } from 'pg'
import type { Pool } from '../../src/shared/db/pool.ts'
import type { EventRow } from './event-row.ts'

/** True for a row that is new; false for one that was there already. */
type Inserted = PromiseSettledResult<boolean>

// One statement is one transaction: when it answers, it is committed.
const INSERT = `
  INSERT INTO events (event_id, name, at, bot_id, user_id, ticket, props)
  SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::text[], $7::jsonb[])
  ON CONFLICT (event_id) DO NOTHING
  RETURNING event_id`

async function insertAll(db: Pool, rows: EventRow[]): Promise<Inserted[]> {
  // In the order of their ids: two batches that share rows would else wait for each other in a ring.
  const sorted = rows.toSorted((a, b) => (a.eventId < b.eventId ? -1 : 1))
  const columns = (['eventId', 'name', 'at', 'botId', 'userId', 'ticket', 'props'] as const).map((column) =>
    sorted.map((row) => row[column]),
  )
  const answer = await db.query<{ event_id: string }>({
    name: 'insert-events',
    text: INSERT,
    values: columns,
  })
  const fresh = new Set(answer.rows.map((row) => row.event_id))
  // An id that stands twice in a batch is new only once: `delete` is true for the first alone.
  return rows.map((row) => ({ status: 'fulfilled', value: fresh.delete(row.eventId) }))
}

/** SQLSTATE classes 22 (data exception) and 23 (constraint): the row is wrong, the database is well. */
const isBadRow = (error: unknown) => error instanceof DatabaseError && /^2[23]/.test(error.code ?? '')

/**
 * Writes events in one statement; an event that is there already stays as it is. When a row is one that
 * PostgreSQL cannot take, the rows go one by one, so that it fails alone.
 * @throws what the database says, when it could not write at all. Some rows may be written all the same.
 */
export async function insertEvents(db: Pool, rows: EventRow[]): Promise<Inserted[]> {
  try {
    return await insertAll(db, rows)
  } catch (error) {
    if (!isBadRow(error)) throw error
    if (rows.length === 1) return [{ status: 'rejected', reason: error }]
  }
  const results: Inserted[] = []
  for (const row of rows) results.push(...(await insertEvents(db, [row])))
  return results
}
