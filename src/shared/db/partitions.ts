import type { PoolClient } from 'pg'
import { type Month, monthOf, monthsBetween, nextMonth } from './month.ts'
import type { Pool } from './pool.ts'

/** The tables that are partitioned by month of UTC, and the column that says where a row belongs. */
const TABLES = { events: 'at', downloads: 'created_at' } as const
type Table = keyof typeof TABLES
/** Made of events too, with an id of a person in each row: kept as long as those. Too few for partitions. */
const KEPT_ALIKE = ['click_events', 'ad_impressions'] as const

/** "clipferry partitions" to whoever looks at pg_locks: one process at a time makes or drops them. */
const LOCK = "hashtext('clipferry partitions')"
/** Writers wait behind us while we wait: not for long. The next run tries again. */
const LOCK_TIMEOUT_MS = 3000
/** Many rows may have to be moved. */
const MOVE_TIMEOUT_MS = 5 * 60_000
/** Without a limit of what is kept: a partition for every month of an event with a wrong clock is none that we make. */
const MOST_MONTHS = 120

export interface PartitionsOptions {
  /** Months after this one that have their partition already. */
  monthsAhead: number
  /** Whole months before this one that are kept; what is older is dropped. Without it, nothing is. */
  keepMonths?: number
  nowMs?: number
}

export interface PartitionsDone {
  made: string[]
  dropped: string[]
  /** Rows that found their month after all. */
  moved: number
  /** Rows that lie in the default partitions still: their time is none that we keep partitions for. */
  left: number
}

/**
 * Makes the monthly partitions that are missing, from the oldest that is there to `monthsAhead`; moves rows out of the
 * default ones to the months that they belong to; drops months, and deletes rows, older than `keepMonths`, those of presses
 * and shown ads too. Every step is a transaction of its own and can be done again. Safe to run from many processes at once.
 */
export async function ensurePartitions(
  db: Pool,
  { monthsAhead, keepMonths, nowMs = Date.now() }: PartitionsOptions,
): Promise<PartitionsDone> {
  const now = monthOf(nowMs)
  const [oldest, newest] = [nextMonth(now, -(keepMonths ?? MOST_MONTHS)), nextMonth(now, monthsAhead)]
  const done: PartitionsDone = { made: [], dropped: [], moved: 0, left: 0 }
  const client = await db.connect()
  try {
    for (const table of ['events', 'downloads'] as const) {
      if (keepMonths !== undefined) done.dropped.push(...(await dropOlder(client, table, oldest)))
      for (const month of await monthsToMake(client, table, { now, oldest, newest })) {
        const moved = await make(client, table, month)
        if (moved === null) continue
        done.made.push(partitionName(table, month))
        done.moved += moved
      }
      const { rows } = await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}_default`)
      done.left += Number(rows[0]?.n ?? 0)
    }
    if (keepMonths !== undefined) for (const table of KEPT_ALIKE) await deleteOlder(client, table, oldest)
  } finally {
    client.release()
  }
  return done
}

const partitionName = (table: Table, month: Month) => `${table}_${month.replace('-', '_')}`
const firstMoment = (month: Month) => `${month}-01T00:00:00Z`

/** Months that have a partition, oldest first. */
async function monthsThatAre(client: PoolClient, table: Table): Promise<Month[]> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass',
    [table],
  )
  return rows.flatMap(({ name }) => /_(\d{4})_(\d{2})$/.exec(name)?.slice(1).join('-') ?? []).sort()
}

/** Without gaps from the oldest that is there, and those of rows in the default partition. */
async function monthsToMake(
  client: PoolClient,
  table: Table,
  { now, oldest, newest }: Record<'now' | 'oldest' | 'newest', Month>,
): Promise<Month[]> {
  const there = await monthsThatAre(client, table)
  const column = TABLES[table]
  const { rows } = await client.query<{ month: Month }>(
    `SELECT DISTINCT to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM') AS month FROM ${table}_default
     WHERE ${column} >= $1 AND ${column} < $2`,
    [firstMoment(oldest), firstMoment(nextMonth(newest, 1))],
  )
  const first = [now, ...there, ...rows.map(({ month }) => month)].sort()[0] ?? now
  return monthsBetween(first < oldest ? oldest : first, newest).filter((month) => !there.includes(month))
}

/** @returns how many rows came out of the default partition; null when somebody else has made it */
async function make(client: PoolClient, table: Table, month: Month): Promise<number | null> {
  const name = partitionName(table, month)
  const column = TABLES[table]
  const [from, to] = [firstMoment(month), firstMoment(nextMonth(month, 1))]
  return await inTransaction(client, async () => {
    if ((await monthsThatAre(client, table)).includes(month)) return null
    // Nobody writes to it meanwhile: the new one could not be attached with its rows still in here. Not PARTITION OF,
    // which would hold up everybody who reads or writes the whole table.
    await client.query(`LOCK TABLE ${table}_default IN ACCESS EXCLUSIVE MODE`)
    await client.query(`CREATE TABLE ${name} (LIKE ${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`)
    const move = {
      text: `WITH moved AS (DELETE FROM ${table}_default WHERE ${column} >= $1 AND ${column} < $2 RETURNING *)
        INSERT INTO ${name} SELECT * FROM moved`,
      values: [from, to],
      query_timeout: MOVE_TIMEOUT_MS,
    }
    const { rowCount } = await client.query(move)
    await client.query(
      `ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM ('${from}') TO ('${to}')`,
    )
    return rowCount ?? 0
  })
}

async function dropOlder(client: PoolClient, table: Table, oldest: Month): Promise<string[]> {
  const dropped: string[] = []
  for (const month of await monthsThatAre(client, table)) {
    if (month >= oldest) break
    const name = partitionName(table, month)
    // One by one: the whole table stands still for each.
    await inTransaction(client, () => client.query(`DROP TABLE IF EXISTS ${name}`))
    dropped.push(name)
  }
  await client.query(`DELETE FROM ${table}_default WHERE ${TABLES[table]} < $1`, [firstMoment(oldest)])
  return dropped
}

async function deleteOlder(
  client: PoolClient,
  table: (typeof KEPT_ALIKE)[number],
  oldest: Month,
): Promise<void> {
  const text = `DELETE FROM ${table} WHERE created_at < $1`
  const query = { text, values: [firstMoment(oldest)], query_timeout: MOVE_TIMEOUT_MS }
  await inTransaction(client, () => client.query(query))
}

async function inTransaction<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN')
  try {
    await client.query(`SELECT pg_advisory_xact_lock(${LOCK})`)
    await client.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`)
    await client.query(`SET LOCAL statement_timeout = ${MOVE_TIMEOUT_MS}`)
    const result = await work()
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}
