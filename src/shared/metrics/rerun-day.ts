import { readConfig } from '../config.ts'
import { createPool } from '../db/pool.ts'
import { createLogger } from '../logger.ts'
import { runMain } from '../run-main.ts'
import { aggregateDay } from './aggregate-day.ts'
import { daySql } from './day-sql.ts'
import { dayIn, daysFrom } from './days.ts'

const USAGE = `rerun-day <from> [<to>]
  makes the numbers of these days again, for example 2026-11-01 2026-11-07; without <to>, up to today, for
  active people, churn and retention of later days look back at it`

/** `npm run rerun-day -- 2026-11-01`: the numbers of a day, made again out of its events. */
if (import.meta.main)
  runMain(async () => {
    const log = createLogger('info', 'rerun-day')
    const { DATABASE_URL, REPORT_TZ } = readConfig(['database', 'reporting'])
    const today = dayIn(REPORT_TZ, Date.now())
    const [from, to = today, ...more] = process.argv.slice(2)
    if (from === undefined || more.length > 0 || !isPast(from, today) || !isPast(to, today) || from > to)
      throw new Error(USAGE)
    const db = createPool(DATABASE_URL, { applicationName: 'rerun-day', log })
    try {
      for (const day of daysFrom(from, to)) {
        await aggregateDay(db, day, { timeZone: REPORT_TZ })
        log.info({ day }, 'made again')
      }
    } finally {
      await db.end()
    }
  })

function isPast(day: string, today: string): boolean {
  try {
    daySql(day, 'UTC')
    return day <= today
  } catch {
    return false
  }
}
