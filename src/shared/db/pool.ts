import pg from 'pg'
import type { Logger } from '../logger.ts'

/** More connections than cores make a small PostgreSQL slower, not faster; writers here send batches. */
const MAX_CONNECTIONS = 4
const CONNECT_TIMEOUT_MS = 5_000
const STATEMENT_TIMEOUT_MS = 15_000

export type Pool = pg.Pool

interface PoolOptions {
  /** Shown in pg_stat_activity: which process holds the connection. */
  applicationName?: string
  log?: Logger
}

/**
 * Connections to PostgreSQL. Opens none before the first query; a query fails after 5 s without a connection
 * and after 15 s on the server. Whoever builds the pool ends it.
 */
export function createPool(
  databaseUrl: string,
  { applicationName = 'clipferry', log }: PoolOptions = {},
): Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: applicationName,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    // The server's limit does not help when the server is unreachable: then ours ends the wait.
    query_timeout: STATEMENT_TIMEOUT_MS + CONNECT_TIMEOUT_MS,
  })
  // Without a listener, a connection that dies while idle ends the process. The pool replaces it by itself.
  pool.on('error', (error) => log?.warn({ err: error }, 'an idle database connection was lost'))
  return pool
}
