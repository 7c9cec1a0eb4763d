import pg from 'pg'
import { HttpError, type Reason } from './http-error.ts'

/** SQLSTATE of what PostgreSQL says of itself, and not of a mistake of ours. */
const REASONS: [RegExp, number, Reason][] = [
  [/^57014$/, 504, 'database_slow'],
  // A role or a transaction that may only read.
  [/^(42501|25006)$/, 403, 'database_read_only'],
  // No connection, no room, going down; or not migrated yet.
  [/^(08|53|57|3D|28|42P01)/, 503, 'database'],
]

/** @throws HttpError with the reason when PostgreSQL cannot answer; what is our own mistake goes on as it is. */
export async function unlessDatabaseAway<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw asHttpError(error)
  }
}

function asHttpError(error: unknown): unknown {
  if (error instanceof pg.DatabaseError) {
    const known = REASONS.find(([pattern]) => pattern.test(error.code ?? ''))
    return known ? new HttpError(known[1], error, known[2]) : error
  }
  if (isWaitForOthers(error)) return new HttpError(504, error, 'database_slow')
  return isOfConnection(error) ? new HttpError(503, error, 'database') : error
}

/** What pg-pool says only to whoever waited for a connection that others were using. */
const isWaitForOthers = (error: unknown) =>
  error instanceof Error && error.message === 'timeout exceeded when trying to connect'

/** pg has no class for them: Node's own errors carry a code of the system, its own timeouts only words. */
function isOfConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('code' in error && /^E[A-Z_]+$/.test(String(error.code))) return true
  if (error instanceof AggregateError) return error.errors.some(isOfConnection)
  return /timeout|terminated|not queryable|pool after calling end/i.test(error.message)
}
