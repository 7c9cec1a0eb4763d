import { DatabaseError } from 'pg'

/** For each row: whether it is new, or why PostgreSQL cannot take it. */
export type Inserted = PromiseSettledResult<boolean>

/** SQLSTATE classes 22 (data exception) and 23 (constraint): the row is wrong, the database is well. */
const isBadRow = (error: unknown) => error instanceof DatabaseError && /^2[23]/.test(error.code ?? '')

/**
 * Writes all rows at once. When one is such that PostgreSQL cannot take it, the halves are written by themselves, and so
 * on: it fails alone.
 * @param write takes all rows or none, and gives the ids of those that are new
 * @throws what the database says, when it could not write at all. Some rows may be written all the same.
 */
export async function insertEvents<Row extends { event_id: string }>(
  write: (rows: readonly Row[]) => Promise<Set<string>>,
  rows: readonly Row[],
): Promise<Inserted[]> {
  try {
    return asResults(rows, await write(rows))
  } catch (error) {
    if (!isBadRow(error)) throw error
  }
  const [only] = rows
  if (only && rows.length === 1) {
    try {
      // Once more: a partition that was made in this moment refuses what was on its way to the default one.
      return asResults([only], await write([only]))
    } catch (error) {
      if (!isBadRow(error)) throw error
      return [{ status: 'rejected', reason: error }]
    }
  }
  const middle = Math.ceil(rows.length / 2)
  return [
    ...(await insertEvents(write, rows.slice(0, middle))),
    ...(await insertEvents(write, rows.slice(middle))),
  ]
}

// An id that stands twice in a batch is new only once: `delete` is true for the first alone.
const asResults = (rows: readonly { event_id: string }[], fresh: Set<string>): Inserted[] =>
  rows.map((row) => ({ status: 'fulfilled', value: fresh.delete(row.event_id) }))
