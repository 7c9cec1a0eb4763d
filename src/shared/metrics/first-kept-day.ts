import { z } from 'zod'
import type { Pool } from '../db/pool.ts'

const Answer = z.array(z.object({ day: z.iso.date() }))

/**
 * The first day after those whose events were dropped with their partition (`events_2026_01`); null when none were. A day
 * that had events, lies before the oldest partition and has none now is such a one.
 */
export async function firstKeptDay(db: Pick<Pool, 'query'>, timeZone: string): Promise<string | null> {
  const start = (date: string) => `((${date})::timestamp AT TIME ZONE $1)`
  const { rows } = await db.query(
    `WITH oldest AS (
       SELECT min(to_date(substring(c.relname FROM 8), 'YYYY_MM'))::timestamp AT TIME ZONE 'UTC' AS at
       FROM pg_inherits JOIN pg_class AS c ON c.oid = inhrelid
       WHERE inhparent = 'public.events'::regclass AND c.relname ~ '^events_\\d{4}_\\d{2}$'
     )
     -- A month begins in UTC: the local day in which it does has lost its first hours.
     SELECT (a.day + CASE WHEN ${start('a.day + 1')} < oldest.at AND ${start('a.day + 2')} > oldest.at THEN 2 ELSE 1 END)::text AS day
     FROM aggregated_days AS a, oldest
     WHERE a.events > 0 AND ${start('a.day + 1')} <= oldest.at
       AND NOT EXISTS (SELECT FROM events AS e WHERE e.at >= ${start('a.day')} AND e.at < ${start('a.day + 1')})
     ORDER BY a.day DESC LIMIT 1`,
    [timeZone],
  )
  return Answer.parse(rows)[0]?.day ?? null
}
