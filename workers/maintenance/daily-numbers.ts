import type { Config } from '../../src/shared/config.ts'
import type { Pool } from '../../src/shared/db/pool.ts'
import type { Logger } from '../../src/shared/logger.ts'
import { makeNumbers } from '../../src/shared/metrics/make-numbers.ts'

/** What takes longer than this is not done every minute: the database is large, and has other things to do. */
const QUICK_MS = 3_000
/** Of the time, such work takes a twentieth at most. */
const REST = 20

export interface DailyNumbersDeps {
  db: Pool
  /** Resolves when the tables are there. */
  migrated(): Promise<void>
  reporting: Config<'reporting'>
}

/**
 * Keeps the numbers of the days: today's so far, and whatever has changed before. One at a time: many days take many minutes,
 * and a second run would only wait for the first, in a place that the other tasks need.
 * @returns a function that says how many days it made
 */
export function createDailyNumbers({ db, migrated, reporting }: DailyNumbersDeps) {
  let isRunning = false
  let restsUntilMs = 0
  return async (log: Logger): Promise<number> => {
    if (isRunning || performance.now() < restsUntilMs) return 0
    isRunning = true
    try {
      await migrated()
      const startMs = Date.now()
      const begunMs = performance.now()
      const made = await makeNumbers(db, {
        timeZone: reporting.REPORT_TZ,
        nowMs: startMs,
        onDay: (day) => log.debug({ day }, 'its numbers are made'),
      })
      const tookMs = Math.round(performance.now() - begunMs)
      if (tookMs > QUICK_MS) restsUntilMs = performance.now() + REST * tookMs
      log.info({ days: made, tookMs }, 'the numbers of the days are up to date')
      return made
    } finally {
      isRunning = false
    }
  }
}
