import { z } from 'zod'
import { ACTIONS } from '../../../queues/event.ts'
import { FAILURES } from '../../../queues/failure.ts'
import type { Pool } from '../../../src/shared/db/pool.ts'
import { FEWEST_EVENTS, FEWEST_REQUESTS } from './rule.ts'
import type { Look } from './watch.ts'

/** What an operator could mend; the rest are honest answers about a link. */
const MENDABLE = Object.entries(FAILURES).flatMap(([code, { deadLetter }]) => (deadLetter ? [code] : []))

const Count = z.coerce.number()
const Errors = z.object({ failed: Count, all: Count })
const Broken = z.object({ platform: z.string().nullable(), failures: Count })
const Full = z.object({ failures: Count })
const Silence = z.object({ hours: Count, before: Count })

/** What the events of the last minutes say. */
export function createEventMeasures(db: Pool) {
  const first = async <T extends z.ZodType>(
    row: T,
    text: string,
    ...values: unknown[]
  ): Promise<z.infer<T> | null> => {
    const { rows } = await db.query(text, values)
    return rows.length > 0 ? row.parse(rows[0]) : null
  }
  return {
    /** The share of requests that failed for such a reason. */
    async errorRate(): Promise<Look> {
      const found = await first(
        Errors,
        `SELECT count(*) FILTER (WHERE name = 'download_failed' AND props->>'code' = ANY($1)) AS failed, count(*) AS all
         FROM events
         WHERE name IN ('download_failed', 'download_completed') AND at > now() - interval '15 minutes'`,
        MENDABLE,
      )
      const { failed, all } = found ?? { failed: 0, all: 0 }
      return { value: all < FEWEST_REQUESTS ? 0 : failed / all, detail: `${failed}/${all}` }
    },

    /** Requests of the worst site that the extractor does not understand. */
    async extractorBroken(): Promise<Look> {
      const worst = await first(
        Broken,
        `SELECT props->>'platform' AS platform, count(*) AS failures FROM events
         WHERE name = 'download_failed' AND props->>'code' = 'extractor_broken' AND at > now() - interval '30 minutes'
         GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1`,
      )
      return { value: worst?.failures ?? 0, detail: worst?.platform ?? null }
    },

    /** Fetches that found no room lately, on whatever host they were. */
    async diskFull(): Promise<number> {
      const found = await first(
        Full,
        `SELECT count(*) AS failures FROM events
         WHERE name = 'download_failed' AND props->>'code' = 'disk_full' AND at > now() - interval '15 minutes'`,
      )
      return found?.failures ?? 0
    },

    /** Hours in which nobody did anything, after a day in which many did. */
    async silence(): Promise<Look> {
      const found = await first(
        Silence,
        // By the index of names and times: a day may have a million events.
        `SELECT extract(epoch FROM now() - last.at) / 3600 AS hours,
           (SELECT count(*) FROM unnest($2::text[]) AS n(name), LATERAL (
             SELECT FROM events AS e WHERE e.name = n.name AND e.at > last.at - interval '1 day' AND e.at <= last.at
             LIMIT $1) AS found) AS before
         FROM (
           SELECT max(found.at) AS at FROM unnest($2::text[]) AS n(name), LATERAL (
             SELECT e.at FROM events AS e WHERE e.name = n.name AND e.at > now() - interval '8 days' AND e.at <= now()
             ORDER BY e.at DESC LIMIT 1) AS found) AS last
         WHERE last.at IS NOT NULL`,
        FEWEST_EVENTS,
        ACTIONS,
      )
      return { value: found && found.before >= FEWEST_EVENTS ? found.hours : 0, detail: null }
    },
  }
}
