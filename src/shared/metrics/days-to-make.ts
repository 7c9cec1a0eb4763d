import { z } from 'zod'
import type { Pool } from '../db/pool.ts'
import { KNOWN_EVENTS } from './day-events.ts'
import { daySql } from './day-sql.ts'
import { addDays, dayIn } from './days.ts'
import { firstKeptDay } from './first-kept-day.ts'

/** So far back it is looked whether events have come late, or were taken away. */
const LOOK_BACK_DAYS = 35

const Days = z.array(z.object({ day: z.iso.date() }))

/**
 * The days whose numbers are not what they would be now, earliest first, today always among them: those never made, made
 * before they were over, made for another time zone, of other events than are there now, or before the day that they follow was
 * made again (somebody stopped in between); and all after the first of them, which look back at it.
 */
export async function daysToMake(db: Pool, timeZone: string, nowMs: number): Promise<string[]> {
  const today = daySql(dayIn(timeZone, nowMs), timeZone)
  const kept = await firstKeptDay(db, timeZone)
  const since = daySql(addDays(today.day, -LOOK_BACK_DAYS), timeZone)
  const { rows } = await db.query(
    `WITH known AS (
       SELECT least(min(${today.dateOf('first_seen_at')}), ${today.date()}) AS first FROM users
     ), stale AS (
       SELECT d::date AS day FROM known, generate_series(greatest(first, $1::date)::timestamp, ${today.date()}::timestamp, '1 day') AS d
       WHERE NOT EXISTS (SELECT FROM aggregated_days AS a WHERE a.day = d::date AND a.time_zone = $2 AND a.was_over)
       UNION ALL
       SELECT coalesce(a.day, e.day)
       FROM (SELECT day, events FROM aggregated_days WHERE day BETWEEN ${since.date()} AND ${today.date(-1)}) AS a
         FULL JOIN (
           SELECT ${today.dateOf('at')} AS day, count(*) AS events FROM events
           WHERE ${KNOWN_EVENTS} AND at >= ${since.start()} AND at < ${today.start()} GROUP BY 1
         ) AS e ON e.day = a.day
       WHERE a.events IS DISTINCT FROM e.events AND coalesce(a.events, 0) <> coalesce(e.events, 0)
       UNION ALL
       SELECT a.day FROM aggregated_days AS a JOIN aggregated_days AS before ON before.day = a.day - 1
       WHERE a.day BETWEEN ${since.date()} AND ${today.date(-1)} AND before.made_at > a.made_at
     )
     SELECT d::date::text AS day
     FROM generate_series((SELECT min(day) FROM stale WHERE day >= coalesce($1, day))::timestamp, ${today.date()}::timestamp, '1 day') AS d
     ORDER BY d`,
    [kept, timeZone],
  )
  return Days.parse(rows).map(({ day }) => day)
}
