import { type DaySql, scopesOf, sourceOn } from './day-sql.ts'

/** How far the windows reach: 168 hours from a moment of a day end within the seventh day after it. */
export const FUNNEL_DAYS = 7
const INLINE_DAYS = 1

/**
 * How far those came whose first start was on this day or in the week before it: their windows include this day.
 * @param days how many days before this one are made too
 */
export const dayFunnel = (d: DaySql, days = FUNNEL_DAYS): string[] => [
  `DELETE FROM daily_funnel WHERE day BETWEEN ${d.date(-days)} AND ${d.date()}`,
  `CREATE TEMP TABLE starters ON COMMIT DROP AS
   SELECT b.bot, o.source, o.campaign, p.user_id, min(p.first_start_at) AS start_at
   FROM (
     SELECT u.bot, u.first_source AS source, coalesce(u.first_campaign, '') AS campaign, u.user_id, u.first_start_at
     FROM users AS u WHERE u.first_start_at IS NOT NULL AND u.user_id IN (
       SELECT n.user_id FROM users AS n WHERE n.first_start_at >= ${d.start(-days)} AND n.first_start_at < ${d.start(1)})
   ) AS p, LATERAL (VALUES (p.bot), ('*')) AS b(bot),
     LATERAL (VALUES (p.source, p.campaign), (p.source, '*'), ('*', '*')) AS o(source, campaign)
   GROUP BY b.bot, o.source, o.campaign, p.user_id
   HAVING min(p.first_start_at) >= ${d.start(-days)} AND min(p.first_start_at) < ${d.start(1)}`,
  'ANALYZE starters',
  `INSERT INTO daily_funnel (day, bot, source, campaign, started, linked, downloaded, repeated, referred)
   WITH step AS (
     SELECT e.event_id, e.name, e.at, e.bot, e.user_id, ${sourceOn(d, d.dateOf('e.at'))} AS source,
       CASE WHEN ${d.dateOf('u.first_start_at')} <= ${d.dateOf('e.at')} THEN coalesce(u.first_campaign, '') ELSE '' END AS campaign
     FROM events AS e LEFT JOIN users AS u ON u.bot = e.bot AND u.user_id = e.user_id
     WHERE e.name IN ('link_received', 'download_completed', 'user_referred')
       AND e.at >= ${d.start(-days)} AND e.at < ${d.start(1)} + interval '168 hours'
       AND e.user_id IN (SELECT user_id FROM starters)
   ), hit AS MATERIALIZED (
     SELECT p.*, e.name, e.at, e.event_id FROM starters AS p JOIN step AS e ON e.user_id = p.user_id
       AND p.bot IN ('*', e.bot) AND p.source IN ('*', e.source) AND p.campaign IN ('*', e.campaign)
       AND e.at >= p.start_at AND e.at < p.start_at + interval '168 hours'
   ), linked AS (
     SELECT bot, source, campaign, user_id, min(at) AS at FROM hit WHERE name = 'link_received' GROUP BY 1, 2, 3, 4
   ), files AS (
     SELECT bot, source, campaign, user_id, (array_agg(hit.at ORDER BY hit.at, event_id))[2] AS second_at
     FROM hit JOIN linked USING (bot, source, campaign, user_id)
     WHERE name = 'download_completed' AND hit.at >= linked.at GROUP BY 1, 2, 3, 4
   ), referrers AS (
     SELECT DISTINCT bot, source, campaign, user_id FROM hit JOIN files USING (bot, source, campaign, user_id)
     WHERE name = 'user_referred' AND hit.at >= files.second_at
   )
   SELECT ${d.dateOf('p.start_at')}, bot, source, campaign, count(*), count(l.at), count(f.user_id), count(f.second_at), count(r.user_id)
   FROM starters AS p LEFT JOIN linked AS l USING (bot, source, campaign, user_id)
     LEFT JOIN files AS f USING (bot, source, campaign, user_id) LEFT JOIN referrers AS r USING (bot, source, campaign, user_id)
   GROUP BY 1, 2, 3, 4`,
]

/** The same for those who asked inline on this day or the one before. */
export const dayInlineFunnel = (d: DaySql, days = INLINE_DAYS): string[] => [
  `DELETE FROM daily_inline_funnel WHERE day BETWEEN ${d.date(-days)} AND ${d.date()}`,
  `INSERT INTO daily_inline_funnel (day, bot, source, asked, clicked, downloaded)
   WITH step AS (
     SELECT e.name, e.at, e.bot, e.user_id, ${sourceOn(d, d.dateOf('e.at'))} AS source
     FROM events AS e LEFT JOIN users AS u ON u.bot = e.bot AND u.user_id = e.user_id
     WHERE (e.name IN ('inline_query', 'view_clicked') OR e.name = 'download_completed' AND e.props ->> 'source' IN ('inline', 'deep_link'))
       AND e.at >= ${d.start(-days)} AND e.at < ${d.start(1)} + interval '24 hours' AND e.user_id IS NOT NULL
   ), asked AS (
     SELECT ${d.dateOf('p.at')} AS day, b.bot, s.source, p.user_id, min(p.at) AS at
     FROM step AS p, ${scopesOf('p')}
     WHERE p.name = 'inline_query' AND p.at < ${d.start(1)} GROUP BY 1, 2, 3, 4
   ), hit AS MATERIALIZED (
     SELECT a.day, a.bot, a.source, a.user_id, e.name, e.at FROM asked AS a JOIN step AS e ON e.user_id = a.user_id
       AND a.bot IN ('*', e.bot) AND a.source IN ('*', e.source) AND e.at >= a.at AND e.at < a.at + interval '24 hours'
       AND e.name <> 'inline_query'
   ), clicked AS (
     SELECT day, bot, source, user_id, min(at) AS at FROM hit WHERE name = 'view_clicked' GROUP BY 1, 2, 3, 4
   ), got AS (
     SELECT DISTINCT day, bot, source, user_id FROM hit JOIN clicked USING (day, bot, source, user_id)
     WHERE name = 'download_completed' AND hit.at >= clicked.at
   )
   SELECT day, bot, source, count(*), count(c.at), count(g.user_id)
   FROM asked LEFT JOIN clicked AS c USING (day, bot, source, user_id) LEFT JOIN got AS g USING (day, bot, source, user_id)
   GROUP BY 1, 2, 3`,
]
