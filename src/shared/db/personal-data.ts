import { DatabaseError, type PoolClient } from 'pg'
import type { Pool } from './pool.ts'

/** A person, as one bot knows them: by its username, as the tables have it. */
export interface PersonOfBot {
  bot: string
  userId: number
}

/**
 * All rows about a person, a query for each table. Of others there is no id in it: who was brought by whom is the other
 * one's, too.
 */
const EXPORT = {
  profile: `SELECT first_seen_at, last_seen_at, total_downloads, is_paid, is_blocked, referral_code,
    referred_by IS NOT NULL AS was_referred, language, first_source, first_campaign, first_start_at
    FROM users WHERE bot = $1 AND user_id = $2`,
  shared_profile: `SELECT username, first_name, last_name, language_code, first_seen, last_seen FROM shared.users
    WHERE $1::text IS NOT NULL AND telegram_id = $2`,
  events: `SELECT event_id, name, at, ticket, props - 'referredUserId' - 'referrerId' AS props
    FROM events WHERE bot = $1 AND user_id = $2 ORDER BY at, event_id`,
  downloads: `SELECT id, created_at, video_id, media_key, platform, source, height, size_bytes, cached, waited_ms,
    stage_seconds, ticket
    FROM downloads WHERE bot = $1 AND user_id = $2 ORDER BY created_at, id`,
  brought: 'SELECT created_at FROM referrals WHERE bot = $1 AND referrer_id = $2 ORDER BY created_at',
  bonuses: `SELECT kind, amount, created_at FROM bonus_ledger WHERE bot = $1 AND user_id = $2 ORDER BY created_at`,
  clicks: `SELECT event_type, video_id, button, created_at FROM click_events
    WHERE bot = $1 AND user_id = $2 ORDER BY created_at`,
  ads: `SELECT campaign_id, ticket, clicked, clicked_at, created_at FROM ad_impressions
    WHERE bot = $1 AND user_id = $2 ORDER BY created_at`,
  experiments: `SELECT t.name AS test, v.variant_name AS variant, a.assigned_at FROM ab_test_assignments AS a
    LEFT JOIN ab_tests AS t ON t.id = a.test_id LEFT JOIN ab_test_variants AS v ON v.id = a.variant_id
    WHERE a.bot = $1 AND a.user_id = $2 ORDER BY a.assigned_at`,
  survey: `SELECT asked_at, pmf, useful_for, words FROM survey_answers
    WHERE bot = $1 AND user_id = $2 ORDER BY asked_at`,
  active_days: 'SELECT day::text FROM daily_active WHERE bot = $1 AND user_id = $2 ORDER BY day',
} as const

export type PersonalData = PersonOfBot & Record<keyof typeof EXPORT, Record<string, unknown>[]>

/** Everything that the database knows of a person, as one object for JSON; all of it of one moment. */
export async function exportPerson(db: Pool, { bot, userId }: PersonOfBot): Promise<PersonalData> {
  return await inTransaction(db, 'ISOLATION LEVEL REPEATABLE READ READ ONLY', async (client) => {
    const entries: [string, Record<string, unknown>[]][] = []
    for (const [name, text] of Object.entries(EXPORT))
      entries.push([name, (await client.query(text, [bot, userId])).rows])
    // The entries are those of EXPORT.
    return { bot, userId, ...(Object.fromEntries(entries) as Record<keyof typeof EXPORT, []>) }
  })
}

/** $1 bot, $2 person, $3 up to when. In the order in which workers/analytics writes, so that they seldom meet. */
const FORGET = [
  'DELETE FROM events WHERE bot = $1 AND user_id = $2 AND at <= $3',
  // What others did stays: whom they brought, or who brought them, does not.
  `UPDATE events SET props = props - 'referredUserId' WHERE bot = $1 AND name IN ('user_referred', 'bonus_granted')
     AND at <= $3 AND (props->>'referredUserId')::bigint = $2`,
  `UPDATE events SET props = jsonb_set(props, '{referrerId}', 'null') WHERE bot = $1 AND name = 'bot_start'
     AND props->>'referrerId' IS NOT NULL AND at <= $3 AND (props->>'referrerId')::bigint = $2`,
  'DELETE FROM downloads WHERE bot = $1 AND user_id = $2 AND created_at <= $3',
  // Still one who was brought, and still only once: as nobody, in a place that no id of a person has.
  `UPDATE referrals SET referrer_id = 0 WHERE bot = $1 AND referrer_id = $2 AND created_at <= $3`,
  `UPDATE referrals SET referred_user_id = -id WHERE bot = $1 AND referred_user_id = $2 AND created_at <= $3`,
  'DELETE FROM bonus_ledger WHERE bot = $1 AND user_id = $2 AND created_at <= $3',
  `UPDATE bonus_ledger SET source_id = bot || ':forgotten:' || gen_random_uuid() WHERE kind = 'referral'
     AND source_id = concat($1::text, ':', $2::bigint) AND created_at <= $3`,
  'DELETE FROM click_events WHERE bot = $1 AND user_id = $2 AND created_at <= $3',
  'DELETE FROM ad_impressions WHERE bot = $1 AND user_id = $2 AND created_at <= $3',
  'DELETE FROM ab_test_assignments WHERE bot = $1 AND user_id = $2 AND assigned_at <= $3',
  'DELETE FROM survey_answers WHERE bot = $1 AND user_id = $2 AND asked_at <= $3',
  // A day is of some time zone: one beside what is left may be of it.
  `DELETE FROM daily_active AS d WHERE bot = $1 AND user_id = $2 AND NOT EXISTS (
     SELECT FROM events AS e WHERE e.bot = $1 AND e.user_id = $2 AND e.at BETWEEN d.day - 1 AND d.day + 2)`,
  'UPDATE users SET referred_by = NULL WHERE bot = $1 AND referred_by = $2 AND first_seen_at <= $3',
  // The person anew, from what is left of them; from nothing, nobody.
  'DELETE FROM users WHERE bot = $1 AND user_id = $2 AND first_seen_at <= $3',
  `INSERT INTO users (bot, user_id, first_seen_at, last_seen_at, total_downloads, language, language_at,
     first_source, first_campaign, first_start_at)
   SELECT bot, user_id, min(at), max(at), count(*) FILTER (WHERE name = 'download_completed'),
     (array_agg(props->>'language' ORDER BY at DESC) FILTER (WHERE name IN ('bot_start', 'session_start')))[1],
     max(at) FILTER (WHERE name IN ('bot_start', 'session_start')),
     coalesce((array_agg(props->>'source' ORDER BY at) FILTER (WHERE name = 'bot_start'))[1], 'organic'),
     (array_agg(props->>'campaign' ORDER BY at) FILTER (WHERE name = 'bot_start'))[1],
     min(at) FILTER (WHERE name = 'bot_start')
   FROM events WHERE bot = $1 AND user_id = $2 AND at > $3 GROUP BY bot, user_id
   ON CONFLICT DO NOTHING`,
  // Another bot may know them still.
  `DELETE FROM shared.users WHERE $1::text IS NOT NULL AND telegram_id = $2 AND first_seen <= $3
     AND NOT EXISTS (SELECT FROM users WHERE user_id = $2) AND NOT EXISTS (SELECT FROM events WHERE user_id = $2)`,
]
const DEADLOCK = '40P01'
const ATTEMPTS = 5

/**
 * Deletes what the database knows of a person, in all tables and partitions; what others did and the sums of days stay,
 * without a trace of them. Can be done again.
 * @param beforeMs with it, only what happened until then: for events that were on their way when a person was forgotten,
 * and who has come back since
 */
export async function forgetPerson(
  db: Pool,
  { bot, userId, beforeMs }: PersonOfBot & { beforeMs?: number },
): Promise<void> {
  const until = beforeMs === undefined ? 'infinity' : new Date(beforeMs).toISOString()
  for (let attempt = 1; ; attempt++) {
    try {
      await inTransaction(db, '', async (client) => {
        for (const text of FORGET) {
          // PostgreSQL takes no values that a statement does not name.
          const values = [bot, userId, until].slice(0, text.includes('$3') ? 3 : 2)
          await client.query(text, values)
        }
      })
      return
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof DatabaseError && error.code === DEADLOCK)) throw error
    }
  }
}

async function inTransaction<T>(
  db: Pool,
  mode: string,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await db.connect()
  let failure: unknown
  try {
    await client.query(`BEGIN ${mode}`)
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    failure = error
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  } finally {
    // A connection that has failed in the middle may be a dead one.
    client.release(failure !== undefined)
  }
}
