import { type DaySql, intoDailyStats, scopesOf, sourceOn, sumOf } from './day-sql.ts'

const count = (name: string) => `count(*) FILTER (WHERE name = '${name}')`
const sum = (name: string, prop: string) => sumOf(`number_in(props, '${prop}')`, `name = '${name}'`)

const OF_EVENTS = {
  dau: 'count(DISTINCT user_id) FILTER (WHERE is_action)',
  sessions: count('session_start'),
  link_messages: count('link_received'),
  choices: count('choice_made'),
  inline_queries: count('inline_query'),
  downloads: count('download_completed'),
  cached: `count(*) FILTER (WHERE name = 'download_completed' AND props -> 'cached' = 'true')`,
  waited_ms: sum('download_completed', 'waitedMs'),
  failures: count('download_failed'),
  clicks: count('view_clicked'),
  referred: count('user_referred'),
  inviters: `count(DISTINCT user_id) FILTER (WHERE name = 'user_referred')`,
  bonuses: count('bonus_granted'),
  bonus_amount: sum('bonus_granted', 'amount'),
  limits: count('limit_reached'),
  ads_shown: count('ad_shown'),
  ads_clicked: count('ad_clicked'),
  surveys: count('survey_completed'),
  bot_errors: count('bot_error'),
}

/** What happened, and how many did it. */
export const dayStats = (d: DaySql): string[] => [
  `DELETE FROM daily_stats WHERE day = ${d.date()}`,
  intoDailyStats(
    Object.keys(OF_EVENTS),
    `SELECT ${d.date()}, coalesce(bot, '*'), coalesce(source, '*'), ${Object.values(OF_EVENTS).join(', ')}
     FROM day_events GROUP BY CUBE (bot, source)`,
  ),
]

const ofWindows = (d: DaySql) => `count(*) FILTER (WHERE last_day > ${d.date(-7)}) AS wau,
  count(*) FILTER (WHERE last_day > ${d.date(-30)}) AS mau, count(*) FILTER (WHERE was_before) AS active_before,
  count(*) FILTER (WHERE was_before AND last_day <= ${d.date(-30)}) AS lost`

/**
 * Who was there in the windows that end with this day: distinct people of many days are no sum of those of each. Who was
 * there with one bot and from one source alone is one person in every scope; only the others are looked at in each.
 */
export const dayWindows = (d: DaySql): string[] => [
  intoDailyStats(
    ['wau', 'mau', 'active_before', 'lost'],
    `WITH seen AS MATERIALIZED (
       SELECT a.bot, a.user_id, ${sourceOn(d, 'a.day')} AS source, max(a.day) AS last_day,
         bool_or(a.day <= ${d.date(-30)}) AS was_before, count(*) OVER (PARTITION BY a.user_id) AS times
       FROM daily_active AS a LEFT JOIN users AS u USING (bot, user_id)
       WHERE a.day > ${d.date(-60)} AND a.day <= ${d.date()} GROUP BY 1, 2, 3
     )
     SELECT ${d.date()}, bot, source, sum(wau), sum(mau), sum(active_before), sum(lost)
     FROM (
       SELECT coalesce(bot, '*') AS bot, coalesce(source, '*') AS source, ${ofWindows(d)}
       FROM seen WHERE times = 1 GROUP BY CUBE (bot, source)
       UNION ALL
       SELECT bot, source, ${ofWindows(d)}
       FROM (
         SELECT b.bot, s.source, p.user_id, max(p.last_day) AS last_day, bool_or(p.was_before) AS was_before
         FROM seen AS p, ${scopesOf('p')} WHERE p.times > 1
         GROUP BY b.bot, s.source, p.user_id
       ) AS person GROUP BY bot, source
     ) AS part GROUP BY bot, source`,
  ),
]

/** Whom one looks at decides whose first time it is: with all bots, somebody who knows another one is not new. */
const firstTime = (d: DaySql, column: 'first_seen_at' | 'first_start_at', name: string) =>
  intoDailyStats(
    [name],
    `SELECT ${d.date()}, bot, source, count(*) FROM (
       SELECT b.bot, s.source, p.user_id
       FROM (
         SELECT u.bot, ${sourceOn(d, d.dateOf(`u.${column}`))} AS source, u.user_id, u.${column} AS first_at FROM users AS u
         WHERE u.user_id IN (SELECT n.user_id FROM users AS n WHERE n.${column} >= ${d.start()} AND n.${column} < ${d.start(1)})
       ) AS p, ${scopesOf('p')}
       GROUP BY b.bot, s.source, p.user_id
       HAVING min(p.first_at) >= ${d.start()} AND min(p.first_at) < ${d.start(1)}
     ) AS person GROUP BY bot, source`,
  )

export const dayNewPeople = (d: DaySql): string[] => [
  firstTime(d, 'first_seen_at', 'new_people'),
  firstTime(d, 'first_start_at', 'started'),
]
