import { type DaySql, scopesOf, sourceOn } from './day-sql.ts'

/** How far the windows reach: 168 hours from a moment of a day end within the seventh day after it. */
export const FUNNEL_DAYS = 7
const INLINE_DAYS = 1

/** Who first started on this day or in the week before it: their windows include this day. */
const firstStarts = (d: DaySql, days: number) =>
  `SELECT n.user_id FROM users AS n WHERE n.first_start_at >= ${d.start(-days)} AND n.first_start_at < ${d.start(1)}`
const hasOthers = 'SELECT FROM users AS o WHERE o.user_id = u.user_id AND o.bot <> u.bot'

/** How far somebody came within 168 hours from `start_at`, out of rows with what they did. */
const chains = (rows: string) => `
  SELECT bot, source, campaign, start_at, link_at, max(at) FILTER (WHERE name = 'user_referred') AS referred_at,
    array_agg(at ORDER BY at, event_id) FILTER (WHERE name = 'download_completed' AND at >= link_at) AS files
  FROM (
    SELECT p.*, e.name, e.at, e.event_id,
      min(e.at) FILTER (WHERE e.name = 'link_received') OVER (PARTITION BY p.user_id, p.bot, p.source, p.campaign) AS link_at
    FROM ${rows} AND e.at >= p.start_at AND e.at < p.start_at + interval '168 hours'
  ) AS step GROUP BY user_id, bot, source, campaign, start_at, link_at`
const COUNTS = `count(*) AS started, count(link_at) AS linked, count(files[1]) AS downloaded, count(files[2]) AS repeated,
  count(*) FILTER (WHERE referred_at >= files[2]) AS referred`

/**
 * How far those came whose first start was on this day or in the week before it. Who knows one bot alone went one way,
 * whichever bots and sources one looks at; the others are followed in each scope for itself.
 * @param days how many days before this one are made too
 */
export const dayFunnel = (d: DaySql, days = FUNNEL_DAYS): string[] => [
  `DELETE FROM daily_funnel WHERE day BETWEEN ${d.date(-days)} AND ${d.date()}`,
  `CREATE TEMP TABLE lone_starters ON COMMIT DROP AS
   SELECT u.user_id, u.bot, u.first_source AS source, coalesce(u.first_campaign, '') AS campaign, u.first_start_at AS start_at
   FROM users AS u WHERE u.first_start_at >= ${d.start(-days)} AND u.first_start_at < ${d.start(1)} AND NOT EXISTS (${hasOthers})`,
  `CREATE TEMP TABLE starters ON COMMIT DROP AS
   SELECT b.bot, o.source, o.campaign, p.user_id, min(p.first_start_at) AS start_at
   FROM (
     SELECT u.bot, u.first_source AS source, coalesce(u.first_campaign, '') AS campaign, u.user_id, u.first_start_at
     FROM users AS u
     WHERE u.first_start_at IS NOT NULL AND u.user_id IN (${firstStarts(d, days)}) AND EXISTS (${hasOthers})
   ) AS p, LATERAL (VALUES (p.bot), ('*')) AS b(bot),
     LATERAL (VALUES (p.source, p.campaign), (p.source, '*'), ('*', '*')) AS o(source, campaign)
   GROUP BY b.bot, o.source, o.campaign, p.user_id
   HAVING min(p.first_start_at) >= ${d.start(-days)} AND min(p.first_start_at) < ${d.start(1)}`,
  // Tables that are analysed, not parts of one statement: the planner would take them for a row each.
  'ANALYZE lone_starters',
  'ANALYZE starters',
  `CREATE TEMP TABLE steps_taken ON COMMIT DROP AS
   SELECT e.event_id, e.name, e.at, e.bot, e.user_id, ${sourceOn(d, d.dateOf('e.at'))} AS source,
     CASE WHEN ${d.dateOf('u.first_start_at')} <= ${d.dateOf('e.at')} THEN coalesce(u.first_campaign, '') ELSE '' END AS campaign
   FROM (SELECT user_id FROM lone_starters UNION SELECT user_id FROM starters) AS p JOIN events AS e USING (user_id)
     LEFT JOIN users AS u ON u.bot = e.bot AND u.user_id = e.user_id
   WHERE e.name IN ('link_received', 'download_completed', 'user_referred')
     AND e.at >= ${d.start(-days)} AND e.at < ${d.start(1)} + interval '168 hours'`,
  'ANALYZE steps_taken',
  `INSERT INTO daily_funnel (day, bot, source, campaign, started, linked, downloaded, repeated, referred)
   SELECT day, bot, source, campaign, sum(started), sum(linked), sum(downloaded), sum(repeated), sum(referred)
   FROM (
     SELECT day, coalesce(bot, '*') AS bot, coalesce(source, '*') AS source, coalesce(campaign, '*') AS campaign, ${COUNTS}
     FROM (SELECT ${d.dateOf('start_at')} AS day, * FROM (
       ${chains('lone_starters AS p LEFT JOIN steps_taken AS e ON e.user_id = p.user_id AND e.bot = p.bot')}
     ) AS c) AS chain
     GROUP BY GROUPING SETS ((day, bot, source, campaign), (day, bot, source), (day, bot), (day, source, campaign), (day, source), (day))
     UNION ALL
     SELECT ${d.dateOf('start_at')}, bot, source, campaign, ${COUNTS}
     FROM (${chains(
       `starters AS p LEFT JOIN steps_taken AS e ON e.user_id = p.user_id
         AND p.bot IN ('*', e.bot) AND p.source IN ('*', e.source) AND p.campaign IN ('*', e.campaign)`,
     )}) AS chain GROUP BY 1, 2, 3, 4
   ) AS part GROUP BY day, bot, source, campaign`,
]

/** The same for those who asked inline on this day or the one before. */
export const dayInlineFunnel = (d: DaySql, days = INLINE_DAYS): string[] => [
  `DELETE FROM daily_inline_funnel WHERE day BETWEEN ${d.date(-days)} AND ${d.date()}`,
  `CREATE TEMP TABLE inline_steps ON COMMIT DROP AS
   SELECT e.name, e.at, e.bot, e.user_id, ${sourceOn(d, d.dateOf('e.at'))} AS source
   FROM events AS e LEFT JOIN users AS u ON u.bot = e.bot AND u.user_id = e.user_id
   WHERE e.name IN ('inline_query', 'view_clicked', 'download_completed')
     AND (e.name <> 'download_completed' OR e.props ->> 'source' IN ('inline', 'deep_link'))
     AND e.at >= ${d.start(-days)} AND e.at < ${d.start(1)} + interval '24 hours' AND e.user_id IS NOT NULL`,
  `CREATE TEMP TABLE askers ON COMMIT DROP AS
   SELECT ${d.dateOf('p.at')} AS day, b.bot, s.source, p.user_id, min(p.at) AS asked_at
   FROM inline_steps AS p, ${scopesOf('p')}
   WHERE p.name = 'inline_query' AND p.at < ${d.start(1)} GROUP BY 1, 2, 3, 4`,
  'ANALYZE inline_steps',
  'ANALYZE askers',
  `INSERT INTO daily_inline_funnel (day, bot, source, asked, clicked, downloaded)
   SELECT day, bot, source, count(*), count(click_at), count(*) FILTER (WHERE has_file)
   FROM (
     SELECT day, bot, source, user_id, click_at, bool_or(name = 'download_completed' AND at >= click_at) AS has_file
     FROM (
       SELECT p.*, e.name, e.at, min(e.at) FILTER (WHERE e.name = 'view_clicked')
         OVER (PARTITION BY p.day, p.bot, p.source, p.user_id) AS click_at
       FROM askers AS p LEFT JOIN inline_steps AS e ON e.user_id = p.user_id
         AND p.bot IN ('*', e.bot) AND p.source IN ('*', e.source)
         AND e.at >= p.asked_at AND e.at < p.asked_at + interval '24 hours'
     ) AS step GROUP BY 1, 2, 3, 4, 5
   ) AS chain GROUP BY 1, 2, 3`,
]
