import { type DaySql, scopesOf, sourceOn, sumOf } from './day-sql.ts'

/** Things of one kind: what, in which detail, and what else is summed. */
const things = (
  kind: string,
  event: string,
  what: string,
  { detail = `''`, amount = '0' }: { detail?: string; amount?: string } = {},
) => `SELECT bot, source, user_id, '${kind}' AS kind, ${what} AS what, ${detail} AS detail, (${amount})::numeric AS amount
  FROM day_events AS e WHERE name = '${event}'`

/** Who had at least two files of this bot in the 14 days before the answer knows what they would miss. */
const HAS_USED_IT = `(SELECT count(*) >= 2 FROM events AS f WHERE f.user_id = e.user_id AND f.bot = e.bot
  AND f.name = 'download_completed' AND f.at >= e.at - interval '336 hours' AND f.at < e.at)`

const THINGS = [
  things('limit', 'limit_reached', `props ->> 'limit'`, {
    detail: `coalesce(props ->> 'policy', '')`,
    amount: `coalesce(number_in(props, 'daysSinceFirst'), 0)`,
  }),
  things('feature', 'feature_used', `props ->> 'feature'`),
  things('feature', 'inline_query', `'inline'`),
  things('feature', 'view_clicked', `'button'`),
  things('format', 'choice_made', `props ->> 'format'`, { amount: `(props -> 'remembered' = 'true')::int` }),
  things('ad_shown', 'ad_shown', `props ->> 'campaignId'`),
  things('ad_clicked', 'ad_clicked', `props ->> 'campaignId'`),
  things('pmf', 'survey_completed', `props ->> 'pmf'`, {
    amount: `CASE WHEN props ->> 'pmf' <> 'not_applicable' AND ${HAS_USED_IT} THEN 1 ELSE 0 END`,
  }),
  things('useful', 'survey_completed', `props ->> 'usefulFor'`, { amount: '1' }),
  things('error', 'bot_error', `props ->> 'stage'`, { detail: `coalesce(props ->> 'code', '')` }),
]

export const dayCounts = (d: DaySql): string[] => [
  `DELETE FROM daily_counts WHERE day = ${d.date()}`,
  `INSERT INTO daily_counts (kind, bot, source, day, what, detail, times, people, amount)
   SELECT kind, coalesce(bot, '*'), coalesce(source, '*'), ${d.date()}, what, detail, count(*), count(DISTINCT user_id),
     ${sumOf('amount')}
   FROM (${THINGS.join(' UNION ALL ')}) AS thing WHERE what IS NOT NULL GROUP BY kind, what, detail, CUBE (bot, source)`,
]

export const dayHours = (d: DaySql): string[] => [
  `DELETE FROM daily_hours WHERE day = ${d.date()}`,
  `INSERT INTO daily_hours (day, hour, bot, source, actions, links, downloads)
   SELECT ${d.date()}, extract(hour FROM at AT TIME ZONE ${d.zone}), bot, source, count(*) FILTER (WHERE is_action),
     count(*) FILTER (WHERE name = 'link_received'), count(*) FILTER (WHERE name = 'download_completed')
   FROM day_events WHERE user_id IS NOT NULL GROUP BY 2, 3, 4`,
]

export const dayLanguages = (d: DaySql): string[] => [
  `DELETE FROM daily_languages WHERE day = ${d.date()}`,
  `INSERT INTO daily_languages (day, bot, source, language, new_people, active, downloads)
   SELECT ${d.date()}, bot, source, language, sum(new_people), sum(active), sum(downloads) FROM (
     SELECT coalesce(bot, '*') AS bot, coalesce(source, '*') AS source, language, 0 AS new_people,
       count(DISTINCT user_id) FILTER (WHERE is_action) AS active,
       count(*) FILTER (WHERE name = 'download_completed') AS downloads
     FROM day_events WHERE user_id IS NOT NULL GROUP BY language, CUBE (bot, source)
     UNION ALL
     SELECT bot, source, language, count(*), 0, 0 FROM (
       SELECT b.bot, s.source, p.user_id, (array_agg(p.language ORDER BY p.first_seen_at, p.bot))[1] AS language
       FROM (
         SELECT u.bot, ${sourceOn(d, d.dateOf('u.first_seen_at'))} AS source, u.user_id, u.first_seen_at, coalesce(u.language, 'unknown') AS language
         FROM users AS u WHERE u.user_id IN (
           SELECT n.user_id FROM users AS n WHERE n.first_seen_at >= ${d.start()} AND n.first_seen_at < ${d.start(1)})
       ) AS p, ${scopesOf('p')}
       GROUP BY b.bot, s.source, p.user_id
       HAVING min(p.first_seen_at) >= ${d.start()} AND min(p.first_seen_at) < ${d.start(1)}
     ) AS person GROUP BY bot, source, language
   ) AS part GROUP BY bot, source, language HAVING sum(new_people) + sum(active) + sum(downloads) > 0`,
]
