import type { Config } from '../../src/shared/config.ts'
import type { Pool } from '../../src/shared/db/pool.ts'
import type { Logger } from '../../src/shared/logger.ts'
import { makeNumbers } from '../../src/shared/metrics/make-numbers.ts'

export interface DailyNumbersDeps {
  db: Pool
  /** Resolves when the tables are there. */
  migrated(): Promise<void>
  reporting: Config<'reporting'>
}

/**
 * Keeps the numbers of the days: today's so far, and whatever has changed before.
 * @returns how many days were made
 */
export async function keepDailyNumbers(
  { db, migrated, reporting }: DailyNumbersDeps,
  log: Logger,
): Promise<number> {
  await migrated()
  const startMs = Date.now()
  const made = await makeNumbers(db, {
    timeZone: reporting.REPORT_TZ,
    nowMs: startMs,
    onDay: (day) => log.debug({ day }, 'its numbers are made'),
  })
  log.info({ days: made, tookMs: Date.now() - startMs }, 'the numbers of the days are up to date')
  return made
}
