import type { Pool } from '../db/pool.ts'
import { dayCounts, dayHours, dayLanguages } from './day-counts.ts'
import { dayEvents } from './day-events.ts'
import { dayDownloads, dayMedia, dayStageSeconds } from './day-files.ts'
import { dayFunnel, dayInlineFunnel, FUNNEL_DAYS } from './day-funnels.ts'
import { dayNewPeople, dayStats, dayWindows } from './day-people.ts'
import { dayCohorts, dayRetention } from './day-retention.ts'
import { type DaySql, daySql } from './day-sql.ts'
import { daysBetween } from './days.ts'
import { firstKeptDay } from './first-kept-day.ts'

/** Nobody waits for it: on a busy machine it takes longer than what people ask for may. */
const STATEMENT_TIMEOUT_MS = 120_000

/** Its events were dropped: its numbers are all that is left, and stay. */
export class EventsGoneError extends Error {
  constructor(day: string) {
    super(`the events of ${day} are no longer kept; its numbers stay as they are`)
    this.name = 'EventsGoneError'
  }
}

/**
 * Makes all numbers of one day again from the rows of events and people: the same rows give the same numbers, whatever
 * stood there before. All or nothing, and one at a time over all processes.
 *
 * Made with it, for they reach over several days: the funnels of the week before, the cohorts of its week, the media of its
 * month. WAU, MAU, churn and retention of later days look back at it: who changes a day in the past makes the later
 * ones again too (`daysToMake`).
 * @throws RangeError when `day` is no date
 * @throws EventsGoneError when its events are not kept any more
 */
export async function aggregateDay(db: Pool, day: string, { timeZone }: { timeZone: string }): Promise<void> {
  const d = daySql(day, timeZone)
  const client = await db.connect()
  try {
    await client.query('BEGIN')
    // Some sorts are of a hundred thousand rows; compiling takes longer than the statements do.
    await client.query(
      `SET LOCAL work_mem = '64MB'; SET LOCAL jit = off; SET LOCAL statement_timeout = ${STATEMENT_TIMEOUT_MS}`,
    )
    await client.query("SELECT pg_advisory_xact_lock(hashtext('clipferry.daily_numbers'))")
    const first = await firstKeptDay(client, timeZone)
    if (first !== null && day < first) throw new EventsGoneError(day)
    // Funnels of days without their events would come out empty.
    const daysBefore = first === null ? FUNNEL_DAYS : Math.min(FUNNEL_DAYS, daysBetween(first, day))
    for (const text of statements(d, daysBefore)) {
      // pg takes a limit for one query; its types do not know it.
      const query = { text, query_timeout: STATEMENT_TIMEOUT_MS }
      await client.query(query)
    }
    await client.query('COMMIT')
    client.release()
  } catch (error) {
    // The connection may be what broke: it is not used again.
    client.release(true)
    throw error
  }
}

const statements = (d: DaySql, daysBefore: number): string[] => [
  ...dayEvents(d),
  ...dayStats(d),
  ...dayWindows(d),
  ...dayNewPeople(d),
  ...dayRetention(d),
  ...dayCohorts(d),
  ...dayFunnel(d, daysBefore),
  ...dayInlineFunnel(d, Math.min(1, daysBefore)),
  ...dayDownloads(d),
  ...dayStageSeconds(d),
  ...dayMedia(d),
  ...dayCounts(d),
  ...dayHours(d),
  ...dayLanguages(d),
  `INSERT INTO aggregated_days (day, time_zone, was_over, events, made_at)
   SELECT ${d.date()}, ${d.zone}, ${d.start(1)} <= now(), count(*), now() FROM day_events
   ON CONFLICT (day) DO UPDATE SET time_zone = excluded.time_zone, was_over = excluded.was_over,
     events = excluded.events, made_at = excluded.made_at`,
]
