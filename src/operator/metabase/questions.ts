/**
 * The three dashboards of Metabase: what they ask, and where each answer stands. The numbers are those of our own
 * dashboard: they come from the same tables, which src/shared/metrics/aggregate-day.ts fills.
 */

/** Metabase asks for it in the dashboard: how many days back. */
const DAYS = '{{days}}'
/** The row of all bots and all sources, where people are counted. */
const ALL = `bot = '*' AND source = '*'`
/** Days are of REPORT_TZ, in which the last one was made: the server's own day may be another one. */
const inZone = (moment: string) =>
  `(SELECT ${moment} FROM aggregated_days ORDER BY aggregated_days.day DESC LIMIT 1)`
const FROM_DAY = `(now() AT TIME ZONE time_zone)::date - ${DAYS}::int`
const RECENT = `day >= ${inZone(FROM_DAY)}`
const RECENTLY = `at >= ${inZone(`(${FROM_DAY})::timestamp AT TIME ZONE time_zone`)}`

export interface Question {
  name: string
  description: string
  display: 'line' | 'bar' | 'pie' | 'table' | 'funnel' | 'scalar'
  /** Names of columns: what lies on the ground, and what rises above it. */
  across?: string
  up?: readonly string[]
  sql: string
  /** On a grid that is 24 wide. */
  place: { row: number; col: number; width: number; height: number }
}

export interface Dashboard {
  name: string
  description: string
  questions: readonly Question[]
}

/** Where a column stands in half of the width. */
const half = (row: number, side: 0 | 1) => ({ row, col: side * 12, width: 12, height: 6 })
const whole = (row: number, height = 7) => ({ row, col: 0, width: 24, height })

const OVERVIEW: Dashboard = {
  name: 'Clipferry: every day',
  description: 'Who was here, and what they got. From daily_stats.',
  questions: [
    {
      name: 'People per day',
      description: 'Active, new, and their sessions',
      display: 'line',
      ...{ across: 'day', up: ['active', 'new', 'sessions'], place: whole(0) },
      sql: `SELECT day, dau AS active, new_people AS new, sessions FROM daily_stats WHERE ${ALL} AND ${RECENT} ORDER BY day`,
    },
    {
      name: 'Files per day',
      description: 'Fetched, and from the cache',
      display: 'bar',
      ...{ across: 'day', up: ['fetched', 'cached'], place: whole(7) },
      sql: `SELECT day, downloads - cached AS fetched, cached FROM daily_stats WHERE ${ALL} AND ${RECENT} ORDER BY day`,
    },
    {
      name: 'Files per active person and day',
      description: 'Of the days that are asked for',
      display: 'scalar',
      place: half(14, 0),
      sql: `SELECT round(sum(downloads)::numeric / nullif(sum(dau), 0), 2) AS files FROM daily_stats WHERE ${ALL} AND ${RECENT}`,
    },
    {
      name: 'Requests without a file',
      description: 'Per day, and their share',
      display: 'table',
      place: half(14, 1),
      sql: `SELECT day, failures, round(100.0 * failures / nullif(failures + downloads, 0), 1) AS percent
FROM daily_stats WHERE ${ALL} AND ${RECENT} ORDER BY day DESC`,
    },
  ],
}

/** Whose 7 days are over and counted, as the metric `funnel` has it. */
const FUNNEL = `FROM daily_funnel AS f
WHERE f.${ALL.replace(' AND ', ' AND f.')} AND f.campaign = '*' AND f.${RECENT}
  AND EXISTS (SELECT FROM aggregated_days AS k WHERE k.day = f.day + 7 AND k.was_over)`

const FUNNELS: Dashboard = {
  name: 'Clipferry: the funnel',
  description:
    'From /start to a second file within 7 days, and to bringing somebody. From daily_funnel, made of events.',
  questions: [
    {
      name: 'The funnel',
      description: 'People whose 7 days are over',
      display: 'funnel',
      ...{ across: 'step', up: ['people'], place: whole(0, 8) },
      sql: `SELECT s.step, s.people FROM (
  SELECT sum(f.started) AS started, sum(f.linked) AS linked, sum(f.downloaded) AS downloaded, sum(f.repeated) AS repeated,
    sum(f.referred) AS referred ${FUNNEL}) AS t,
  LATERAL (VALUES (1, '/start', started), (2, 'link', linked), (3, 'file', downloaded), (4, 'second file', repeated),
    (5, 'referral', referred)) AS s(place, step, people)
ORDER BY s.place`,
    },
    {
      name: 'From step to step',
      description: 'Percent, by the day of the first start',
      display: 'line',
      ...{ across: 'day', up: ['link', 'file', 'second file'], place: whole(8) },
      sql: `SELECT f.day, round(100.0 * f.linked / nullif(f.started, 0), 1) AS link,
  round(100.0 * f.downloaded / nullif(f.linked, 0), 1) AS file,
  round(100.0 * f.repeated / nullif(f.downloaded, 0), 1) AS "second file"
${FUNNEL} ORDER BY f.day`,
    },
    {
      name: 'Limits and answers',
      description: 'Limits reached and surveys answered, per day',
      display: 'bar',
      ...{ across: 'day', up: ['limits', 'surveys'], place: whole(15) },
      sql: `SELECT day, limits, surveys FROM daily_stats WHERE ${ALL} AND ${RECENT} ORDER BY day`,
    },
  ],
}

const SOURCES: Dashboard = {
  name: 'Clipferry: sources',
  description: 'Where people come from, and who of them stays. From events, daily_funnel and weekly_cohorts.',
  questions: [
    {
      name: 'Starts by source',
      description: 'Every /start, and those of new people',
      display: 'table',
      place: half(0, 0),
      sql: `SELECT coalesce(props->>'campaign', props->>'source') AS source, count(*) AS starts,
  count(*) FILTER (WHERE props->'isNew' = 'true') AS new_people
FROM events WHERE name = 'bot_start' AND ${RECENTLY} GROUP BY 1 ORDER BY starts DESC, source`,
    },
    {
      name: 'People by source',
      description: 'First starts ever, by the first touch',
      display: 'pie',
      ...{ across: 'source', up: ['people'], place: half(0, 1) },
      sql: `SELECT source, sum(started) AS people FROM daily_stats
WHERE bot = '*' AND source NOT IN ('*', '') AND ${RECENT} GROUP BY source ORDER BY people DESC`,
    },
    {
      name: 'Conversion by source',
      description: 'Of the people whose 7 days are over: who got a file, and a second one',
      display: 'table',
      place: whole(6),
      sql: `SELECT f.source, nullif(f.campaign, '') AS campaign, sum(f.started) AS people, sum(f.downloaded) AS with_file,
  sum(f.repeated) AS with_second, round(100.0 * sum(f.downloaded) / nullif(sum(f.started), 0), 1) AS percent
FROM daily_funnel AS f
WHERE f.bot = '*' AND f.source <> '*' AND f.campaign <> '*' AND f.${RECENT}
  AND EXISTS (SELECT FROM aggregated_days AS k WHERE k.day = f.day + 7 AND k.was_over)
GROUP BY 1, 2 ORDER BY people DESC, 1, 2`,
    },
    {
      name: 'Weekly cohorts',
      description:
        'Of the people who started in a week: percent active N weeks later; of weeks that are over',
      display: 'table',
      place: whole(13, 8),
      sql: `SELECT c.cohort AS week, (c.week - c.cohort) / 7 AS n, c.people AS active,
  round(100.0 * c.people / nullif(s.started, 0), 1) AS percent
FROM weekly_cohorts AS c
JOIN (SELECT date_trunc('week', day)::date AS week, sum(started) AS started FROM daily_stats WHERE ${ALL} GROUP BY 1) AS s
  ON s.week = c.cohort
WHERE c.bot = '*' AND c.source = '*' AND c.cohort >= ${inZone(FROM_DAY)}
  AND EXISTS (SELECT FROM aggregated_days AS k WHERE k.day = c.week + 6 AND k.was_over)
ORDER BY 1, 2`,
    },
  ],
}

export const DASHBOARDS: readonly Dashboard[] = [OVERVIEW, FUNNELS, SOURCES]
