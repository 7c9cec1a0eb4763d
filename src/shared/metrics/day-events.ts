import { type DaySql, sourceOn } from './day-sql.ts'

/** What people do of their own accord, as ACTIONS in queues/event.ts has it; a test holds the two together. */
export const ACTION_NAMES = [
  'bot_start',
  'link_received',
  'inline_query',
  'choice_made',
  'view_clicked',
  'ad_clicked',
  'survey_completed',
  'feature_used',
]

/** Every kind of event that a number is made of. Other bots may write more. */
const EVENT_NAMES = [
  ...ACTION_NAMES,
  'session_start',
  'download_completed',
  'download_failed',
  'user_referred',
  'bonus_granted',
  'limit_reached',
  'ad_shown',
  'experiment_seen',
  'bot_error',
]

const list = (names: readonly string[]) => names.map((name) => `'${name}'`).join(', ')
/** With the names the index (name, at) is used. */
export const KNOWN_EVENTS = `name IN (${list(EVENT_NAMES)})`

/**
 * The events of the day as they are in this moment, each with where its person first came from: whatever comes while the
 * numbers are made is in all of them or in none.
 */
export const dayEvents = (d: DaySql): string[] => [
  `CREATE TEMP TABLE day_events ON COMMIT DROP AS
   SELECT e.event_id, e.name, e.at, e.bot, e.user_id, e.props, e.name IN (${list(ACTION_NAMES)}) AND e.user_id IS NOT NULL AS is_action,
     CASE WHEN e.user_id IS NULL THEN '' ELSE ${sourceOn(d, d.date())} END AS source,
     coalesce(u.language, 'unknown') AS language
   FROM events AS e LEFT JOIN users AS u ON u.bot = e.bot AND u.user_id = e.user_id
   WHERE ${KNOWN_EVENTS} AND e.at >= ${d.start()} AND e.at < ${d.start(1)}`,
  'ANALYZE day_events',
  `INSERT INTO daily_active (day, bot, user_id)
   SELECT DISTINCT ${d.date()}, bot, user_id FROM day_events WHERE is_action ORDER BY user_id, bot ON CONFLICT DO NOTHING`,
  `DELETE FROM daily_active AS a WHERE a.day = ${d.date()} AND NOT EXISTS (
     SELECT FROM day_events AS e WHERE e.is_action AND e.bot = a.bot AND e.user_id = a.user_id)
     -- What comes in this moment is not ours to take away.
     AND NOT EXISTS (SELECT FROM events AS e WHERE e.user_id = a.user_id AND e.bot = a.bot
       AND e.at >= ${d.start()} AND e.at < ${d.start(1)} AND e.name IN (${list(ACTION_NAMES)}))`,
]
