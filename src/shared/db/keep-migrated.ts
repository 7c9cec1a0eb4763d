import type { Logger } from '../logger.ts'
import { isUpToDate } from './migrations-there.ts'
import type { Pool } from './pool.ts'

/**
 * For a process that needs the tables: the first one that finds them missing makes them, without anybody's command.
 * @returns a function that resolves when they are there. What went wrong is tried again with its next call.
 */
export function createMigration(databaseUrl: string, db: Pool, log: Logger): () => Promise<void> {
  let running: Promise<void> | undefined
  const bringUpToDate = async () => {
    if (await isUpToDate(db)) return
    // Only now: what it is made with would take memory in every process.
    const { migrate } = await import('./migrate.ts')
    const applied = await migrate(databaseUrl, log)
    if (applied.length > 0) log.info({ applied }, 'the database is up to date now')
  }
  return () => {
    running ??= bringUpToDate().catch((error: unknown) => {
      running = undefined
      throw error
    })
    return running
  }
}
