import { ACTIONS } from '../../queues/event.ts'
import type { Pool } from '../../src/shared/db/pool.ts'
import type { EventRow } from './event-row.ts'
import type { CodeRow } from './referral-codes.ts'

/**
 * One statement is one transaction: when it answers, all of it is committed. Everything follows from the rows that were
 * new (`fresh`), so a batch that comes again changes nothing. Each table is written in the order of its keys, and the
 * tables always in the same order: batches that share people wait for each other, but never in a ring.
 *
 * $1 the events, sorted; $2 referral codes; $3 the time zone of days; $4 what makes a person active.
 */
const WRITE = String.raw`
WITH fresh AS (
  INSERT INTO events (event_id, name, at, bot, user_id, ticket, props)
  SELECT event_id, name, at, bot, user_id, ticket, props
  FROM json_to_recordset($1::json) AS given(
    event_id text, name text, at timestamptz, bot text, user_id bigint, ticket text, props jsonb)
  ON CONFLICT (event_id, at) DO NOTHING
  RETURNING event_id, name, at, bot, user_id, ticket, props
), download AS (
  SELECT event_id, at, bot, user_id, ticket, props, props->>'platform' AS platform, props->>'mediaKey' AS media_key,
    regexp_replace(props->>'mediaKey', '(\.[^.]*){3}$', '') AS video_id
  FROM fresh WHERE name = 'download_completed'
), referral AS (
  SELECT DISTINCT ON (referred_user_id, bot) bot, user_id, referred_user_id, at
  FROM (SELECT *, (props->>'referredUserId')::bigint AS referred_user_id FROM fresh WHERE name = 'user_referred') AS r
  ORDER BY referred_user_id, bot, at, event_id
), said AS (
  -- What the events say of people, one row for each; what a row says nothing of is null.
  SELECT bot, user_id, at, (name = 'download_completed')::int AS downloads, NULL::bigint AS referred_by,
    NULL::text AS language, NULL::timestamptz AS language_at,
    NULL::text AS source, NULL::text AS campaign, NULL::timestamptz AS start_at, NULL::text AS code
  FROM fresh WHERE user_id IS NOT NULL AND name NOT IN ('user_referred', 'bonus_granted')
  UNION ALL
  SELECT bot, referred_user_id, at, 0, user_id, NULL, NULL, NULL, NULL, NULL, NULL FROM referral
  UNION ALL
  (SELECT DISTINCT ON (user_id, bot) bot, user_id, at, 0, NULL::bigint, props->>'language', at, NULL, NULL, NULL::timestamptz, NULL
   FROM fresh WHERE name IN ('bot_start', 'session_start') ORDER BY user_id, bot, at DESC, event_id)
  UNION ALL
  (SELECT DISTINCT ON (user_id, bot) bot, user_id, at, 0, NULL::bigint, NULL, NULL::timestamptz,
     props->>'source', props->>'campaign', at, NULL
   FROM fresh WHERE name = 'bot_start' ORDER BY user_id, bot, at, event_id)
  UNION ALL
  SELECT bot, user_id, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, code
  FROM json_to_recordset($2::json) AS c(bot text, user_id bigint, code text)
  WHERE NOT EXISTS (SELECT FROM users AS u WHERE u.bot = c.bot AND u.referral_code = c.code AND u.user_id <> c.user_id)
), person AS (
  SELECT bot, user_id, min(at) AS first_at, max(at) AS last_at, sum(downloads) AS downloads, max(referred_by) AS referred_by,
    max(language) AS language, max(language_at) AS language_at,
    max(source) AS source, max(campaign) AS campaign, max(start_at) AS start_at, max(code) AS code
  FROM said GROUP BY user_id, bot HAVING min(at) IS NOT NULL
), into_users AS (
  INSERT INTO users AS u (bot, user_id, first_seen_at, last_seen_at, total_downloads, referred_by, language, language_at,
    first_source, first_campaign, first_start_at, referral_code)
  SELECT bot, user_id, first_at, last_at, downloads, referred_by, language, language_at,
    coalesce(source, 'organic'), campaign, start_at, code
  FROM person ORDER BY user_id, bot
  ON CONFLICT (bot, user_id) DO UPDATE SET
    first_seen_at = least(u.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(u.last_seen_at, excluded.last_seen_at),
    total_downloads = u.total_downloads + excluded.total_downloads,
    referred_by = coalesce(u.referred_by, excluded.referred_by),
    language = CASE WHEN excluded.language_at >= coalesce(u.language_at, '-infinity')
      THEN excluded.language ELSE u.language END,
    language_at = greatest(u.language_at, excluded.language_at),
    first_source = CASE WHEN excluded.first_start_at < coalesce(u.first_start_at, 'infinity')
      THEN excluded.first_source ELSE u.first_source END,
    first_campaign = CASE WHEN excluded.first_start_at < coalesce(u.first_start_at, 'infinity')
      THEN excluded.first_campaign ELSE u.first_campaign END,
    first_start_at = least(u.first_start_at, excluded.first_start_at),
    referral_code = coalesce(excluded.referral_code, u.referral_code)
), into_shared_users AS (
  INSERT INTO shared.users AS u (telegram_id, language_code, first_seen, last_seen)
  SELECT user_id, max(language), min(first_at), max(last_at) FROM person GROUP BY user_id ORDER BY user_id
  ON CONFLICT (telegram_id) DO UPDATE SET
    language_code = CASE WHEN excluded.last_seen >= u.last_seen
      THEN coalesce(excluded.language_code, u.language_code) ELSE coalesce(u.language_code, excluded.language_code) END,
    first_seen = least(u.first_seen, excluded.first_seen),
    last_seen = greatest(u.last_seen, excluded.last_seen)
), into_daily_active AS (
  INSERT INTO daily_active (day, bot, user_id)
  SELECT DISTINCT (at AT TIME ZONE $3)::date AS day, bot, user_id
  FROM fresh WHERE user_id IS NOT NULL AND name = ANY($4) ORDER BY day, user_id, bot
  ON CONFLICT DO NOTHING
), into_downloads AS (
  INSERT INTO downloads (id, created_at, bot, user_id, video_id, media_key, platform, source, height, size_bytes, cached,
    waited_ms, stage_seconds, ticket)
  SELECT event_id, at, bot, user_id, video_id, media_key, platform, props->>'source',
    (props->>'height')::numeric::integer, (props->>'sizeBytes')::numeric::bigint, (props->>'cached')::boolean,
    (props->>'waitedMs')::numeric::bigint, coalesce(props->'stageSeconds', '{}'), ticket
  FROM download
  ON CONFLICT DO NOTHING
), into_videos AS (
  INSERT INTO videos AS v (video_id, platform, first_seen_at, total_downloads, last_download_at)
  SELECT video_id, min(platform), min(at), count(*), max(at) FROM download GROUP BY video_id ORDER BY video_id
  ON CONFLICT (video_id) DO UPDATE SET
    first_seen_at = least(v.first_seen_at, excluded.first_seen_at),
    total_downloads = v.total_downloads + excluded.total_downloads,
    last_download_at = greatest(v.last_download_at, excluded.last_download_at)
), into_referrals AS (
  INSERT INTO referrals (bot, referrer_id, referred_user_id, created_at)
  SELECT bot, user_id, referred_user_id, at FROM referral
  ON CONFLICT (bot, referred_user_id) DO NOTHING
), into_bonus_ledger AS (
  INSERT INTO bonus_ledger (kind, source_id, bot, user_id, amount, created_at)
  SELECT DISTINCT ON (source_id) 'referral', source_id, bot, user_id, (props->>'amount')::integer, at
  FROM (SELECT *, bot || ':' || (props->>'referredUserId') AS source_id FROM fresh WHERE name = 'bonus_granted') AS b
  ORDER BY source_id, at, event_id
  ON CONFLICT DO NOTHING
), into_click_events AS (
  INSERT INTO click_events (id, bot, user_id, event_type, video_id, button, created_at)
  SELECT event_id, bot, user_id, props->>'kind', regexp_replace(props->>'mediaKey', '(\.[^.]*){3}$', ''),
    props->>'button', at
  FROM fresh WHERE name = 'view_clicked'
  ON CONFLICT DO NOTHING
), into_ad_impressions AS (
  -- Who clicks has been shown it, whichever of the two comes first.
  INSERT INTO ad_impressions AS i (id, bot, user_id, campaign_id, ticket, clicked, clicked_at, created_at)
  SELECT concat_ws(':', bot, user_id, ticket, campaign_id), bot, user_id, campaign_id, ticket,
    bool_or(name = 'ad_clicked'), min(at) FILTER (WHERE name = 'ad_clicked'), min(at)
  FROM (SELECT *, (props->>'campaignId')::bigint AS campaign_id FROM fresh WHERE name IN ('ad_shown', 'ad_clicked')) AS a
  GROUP BY bot, user_id, campaign_id, ticket ORDER BY 1
  ON CONFLICT (id) DO UPDATE SET
    clicked = i.clicked OR excluded.clicked,
    clicked_at = least(i.clicked_at, excluded.clicked_at),
    created_at = least(i.created_at, excluded.created_at)
), into_ab_test_assignments AS (
  INSERT INTO ab_test_assignments AS a (bot, user_id, test_id, variant_id, assigned_at)
  SELECT f.bot, f.user_id, t.id, v.id, min(f.at)
  FROM fresh AS f
    JOIN ab_tests AS t ON t.name = f.props->>'test'
    JOIN ab_test_variants AS v ON v.test_id = t.id AND v.variant_name = f.props->>'variant'
  WHERE f.name = 'experiment_seen'
  GROUP BY f.bot, f.user_id, t.id, v.id ORDER BY f.user_id, f.bot, t.id, v.id
  ON CONFLICT (bot, user_id, test_id, variant_id) DO UPDATE SET
    assigned_at = least(a.assigned_at, excluded.assigned_at)
)
SELECT event_id FROM fresh`

/**
 * Writes events and all that follows from those that are new, or nothing.
 * @returns the ids of those that are
 */
export async function writeEvents(
  db: Pool,
  timeZone: string,
  rows: readonly EventRow[],
  codes: readonly CodeRow[],
): Promise<Set<string>> {
  const sorted = rows.toSorted((a, b) => (a.event_id < b.event_id ? -1 : 1))
  const answer = await db.query<{ event_id: string }>({
    name: 'write-events',
    text: WRITE,
    values: [JSON.stringify(sorted), JSON.stringify(codes), timeZone, ACTIONS],
  })
  return new Set(answer.rows.map((row) => row.event_id))
}
