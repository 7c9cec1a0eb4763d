import { runner } from 'node-pg-migrate'
import { readConfig } from '../config.ts'
import { createLogger, type Logger } from '../logger.ts'
import { runMain } from '../run-main.ts'
import { MIGRATIONS_DIR, MIGRATIONS_TABLE } from './migrations-there.ts'
import { ensurePartitions } from './partitions.ts'
import { createPool } from './pool.ts'
import { ensureReader } from './reader.ts'

/**
 * Brings the database up to date: applies what is missing, in order, all or nothing; makes the partitions of the next
 * months, and the role of readers. Safe to run from many processes at once: an advisory lock lets one do it, the others
 * wait and find nothing to do.
 * @returns the names of the migrations that were applied now.
 */
export async function migrate(databaseUrl: string, log?: Logger): Promise<string[]> {
  const applied = await runner({
    databaseUrl: {
      connectionString: databaseUrl,
      application_name: 'clipferry-migrate',
      connectionTimeoutMillis: 5000,
    },
    dir: MIGRATIONS_DIR,
    direction: 'up',
    migrationsTable: MIGRATIONS_TABLE,
    singleTransaction: true,
    advisoryLockMode: 'wait',
    log: (line) => log?.debug(line),
  })
  const db = createPool(databaseUrl, { applicationName: 'clipferry-migrate', ...(log ? { log } : {}) })
  try {
    await ensureReader(db, log)
    await ensurePartitions(db, { monthsAhead: 3 })
  } finally {
    await db.end()
  }
  return applied.map((migration) => migration.name)
}

/** `npm run migrate`: for who wants it done before the other processes of a new version start. */
if (import.meta.main)
  runMain(async () => {
    const log = createLogger('info', 'migrate')
    const applied = await migrate(readConfig(['database']).DATABASE_URL, log)
    log.info({ applied }, applied.length > 0 ? 'the database is up to date now' : 'nothing to do')
  })
