import type { Pool } from '../db/pool.ts'
import { aggregateDay } from './aggregate-day.ts'
import { daysToMake } from './days-to-make.ts'

interface Options {
  timeZone: string
  nowMs: number
  /** Called after each day. */
  onDay?: (day: string) => void
}

/**
 * Makes the numbers of today so far, and again those of every day that is not what it would be now: after midnight the
 * day that has ended, and days whose events came late, with all after them. Whoever stops in between goes on there.
 * @returns how many days were made
 */
export async function makeNumbers(db: Pool, { timeZone, nowMs, onDay }: Options): Promise<number> {
  const days = await daysToMake(db, timeZone, nowMs)
  for (const day of days) {
    await aggregateDay(db, day, { timeZone })
    onDay?.(day)
  }
  return days.length
}
