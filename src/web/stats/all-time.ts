import { z } from 'zod'
import type { Pool } from '../../shared/db/pool.ts'
import { dayIn } from '../../shared/metrics/days.ts'

const whole = z.coerce.number().pipe(z.int().nonnegative())
const one = async <T extends z.ZodType>(db: Pool, row: T, text: string, values: unknown[] = []) =>
  row.parse((await db.query(text, values)).rows[0])

const Summary = z.object({ users_count: whole, videos_count: whole, total_downloads: whole })

export const summary = (db: Pool) =>
  one(
    db,
    Summary,
    `SELECT (SELECT count(*) FROM (SELECT DISTINCT user_id FROM users) AS person) AS users_count,
      (SELECT count(*) FROM videos) AS videos_count,
      (SELECT coalesce(sum(total_downloads), 0) FROM videos) AS total_downloads`,
  )

const Video = z.object({
  video_id: z.string(),
  platform: z.string(),
  total_downloads: whole,
  last_download_at: z.string(),
})

export async function topVideos(db: Pool, limit: number) {
  const { rows } = await db.query(
    `SELECT video_id, platform, total_downloads,
      to_char(last_download_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') AS last_download_at
     FROM videos ORDER BY total_downloads DESC, video_id LIMIT $1`,
    [limit],
  )
  return z.array(Video).parse(rows)
}

const Platform = z.object({ platform: z.string(), downloads: whole })

export async function platforms(db: Pool): Promise<Record<string, number>> {
  const { rows } = await db.query(
    'SELECT platform, sum(total_downloads) AS downloads FROM videos GROUP BY platform ORDER BY 2 DESC, 1',
  )
  // A site may be called anything: `__proto__` as a name must stay a name.
  return Object.fromEntries(
    z
      .array(Platform)
      .parse(rows)
      .map(({ platform, downloads }) => [platform, downloads]),
  )
}

/** People of many more days are too many to tell apart while somebody waits. */
export const MOST_ACTIVE_DAYS = 92

export async function activeUsers(db: Pool, days: number, timeZone: string) {
  const { active_users_count } = await one(
    db,
    z.object({ active_users_count: whole }),
    // Counted by hashing: as DISTINCT within count it would be sorted.
    `SELECT count(*) AS active_users_count FROM (
      SELECT DISTINCT user_id FROM daily_active WHERE day > $1::date - $2::integer AND day <= $1::date) AS active`,
    [dayIn(timeZone, Date.now()), days],
  )
  return { days, active_users_count }
}
