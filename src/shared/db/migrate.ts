import { fileURLToPath } from 'node:url'
import { runner } from 'node-pg-migrate'
import { readConfig } from '../config.ts'
import { createLogger, type Logger } from '../logger.ts'
import { runMain } from '../run-main.ts'

const MIGRATIONS_DIR = fileURLToPath(new URL('migrations', import.meta.url))

/**
 * Brings the database up to date: applies what is missing, in order, all or nothing. Safe to run from many
 * processes at once: an advisory lock lets one do it, the others wait and find nothing to do.
 * @returns the names of the migrations that were applied now.
 */
export async function migrate(databaseUrl: string, log?: Logger): Promise<string[]> {
  const applied = await runner({
    databaseUrl: { connectionString: databaseUrl, application_name: 'clipferry-migrate' },
    dir: MIGRATIONS_DIR,
    direction: 'up',
    migrationsTable: 'migrations',
    singleTransaction: true,
    advisoryLockMode: 'wait',
    log: (line) => log?.debug(line),
  })
  return applied.map((migration) => migration.name)
}

/** `npm run migrate`: run it once before the other processes of a new version start. */
if (import.meta.main)
  runMain(async () => {
    const log = createLogger('info', 'migrate')
    const applied = await migrate(readConfig(['database']).DATABASE_URL, log)
    log.info({ applied }, applied.length > 0 ? 'the database is up to date now' : 'nothing to do')
  })
