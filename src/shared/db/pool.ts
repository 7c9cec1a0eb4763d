import pg from 'pg'
import type { Logger } from '../logger.ts'
import { READER } from './reader.ts'
import { logSlowQueries, SLOW_QUERY_MS } from './slow-queries.ts'

/** More connections than cores make a small PostgreSQL slower, not faster; writers here send batches. */
const MAX_CONNECTIONS = 4
const CONNECT_TIMEOUT_MS = 5_000
const STATEMENT_TIMEOUT_MS = 15_000
/** People wait for what is read; an answer that takes longer is a wrong query. */
const READ_TIMEOUT_MS = 5_000

export type Pool = pg.Pool

interface PoolOptions {
  /** Shown in pg_stat_activity: which process holds the connection. */
  applicationName?: string
  log?: Logger
  /** What takes as long is logged, without its values. */
  slowQueryMs?: number
}

/**
 * Connections to PostgreSQL. Opens none before the first query; a query fails after 5 s without a connection
 * and after 15 s on the server. Whoever builds the pool ends it.
 */
export const createPool = (databaseUrl: string, options: PoolOptions = {}): Pool =>
  build(databaseUrl, options, STATEMENT_TIMEOUT_MS)

/**
 * Connections that can only read, as the role of readers where there is one; a query fails after 5 s on the server.
 * Else as `createPool`.
 */
export const createReadPool = (databaseUrl: string, options: PoolOptions = {}): Pool =>
  build(databaseUrl, options, READ_TIMEOUT_MS, async (client) => {
    // Not as settings of the connection: without the role there would be none, and the address may have its own.
    await client.query(
      // Sums over a year hash a few hundred thousand rows; compiling such a query takes longer than the query.
      `SELECT set_config('default_transaction_read_only', 'on', false),
         set_config('work_mem', '64MB', false), set_config('jit', 'off', false),
         (SELECT set_config('role', rolname, false) FROM pg_roles
          WHERE rolname = $1 AND pg_has_role(current_user, oid, 'MEMBER'))`,
      [READER],
    )
  })

function build(
  databaseUrl: string,
  { applicationName = 'clipferry', log, slowQueryMs = SLOW_QUERY_MS }: PoolOptions,
  statementTimeoutMs: number,
  onConnect?: (client: pg.ClientBase) => Promise<void>,
): Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: applicationName,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: statementTimeoutMs,
    // The server's limit does not help when the server is unreachable: then ours ends the wait.
    query_timeout: statementTimeoutMs + CONNECT_TIMEOUT_MS,
    onConnect: async (client) => {
      await onConnect?.(client)
      if (log) logSlowQueries(client, slowQueryMs, log)
    },
  })
  // Without a listener, a connection that dies while idle ends the process. The pool replaces it by itself.
  pool.on('error', (error) => log?.warn({ err: error }, 'an idle database connection was lost'))
  return pool
}
