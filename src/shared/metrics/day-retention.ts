import { type DaySql, daySql, scopesOf, sourceOn } from './day-sql.ts'
import { weekOf } from './days.ts'

/** The first start of everybody who was active from one day to another, in each scope in which they were. */
const startsOfActive = (d: DaySql, from: string, to: string) => `
  SELECT bot, source, user_id, first_at
  FROM (
    SELECT b.bot, s.source, p.user_id, min(p.first_start_at) AS first_at
    FROM (
      SELECT u.bot, u.first_source AS source, u.user_id, u.first_start_at FROM users AS u
      WHERE u.first_start_at IS NOT NULL AND u.user_id IN (SELECT user_id FROM daily_active WHERE day BETWEEN ${from} AND ${to})
    ) AS p, ${scopesOf('p')} GROUP BY 1, 2, 3
  ) AS first JOIN (
    SELECT DISTINCT b.bot, s.source, p.user_id
    FROM (
      SELECT DISTINCT a.bot, a.user_id, ${sourceOn(d, 'a.day')} AS source
      FROM daily_active AS a LEFT JOIN users AS u USING (bot, user_id) WHERE a.day BETWEEN ${from} AND ${to}
    ) AS p, ${scopesOf('p')}
  ) AS there USING (bot, source, user_id)`

const FARTHEST_DAYS = 30

/** Who of the cohorts of the last days came back on this one. */
export const dayRetention = (d: DaySql): string[] => [
  `DELETE FROM daily_retention WHERE day = ${d.date()}`,
  `INSERT INTO daily_retention (day, cohort, bot, source, people)
   SELECT ${d.date()}, ${d.dateOf('first_at')}, bot, source, count(*)
   FROM (${startsOfActive(d, d.date(), d.date())}) AS person
   WHERE first_at >= ${d.start(-FARTHEST_DAYS)} AND first_at < ${d.start(1)} GROUP BY 2, 3, 4`,
]

/** Who of all weekly cohorts was there in the week of this day. */
export const dayCohorts = ({ day, timeZone }: DaySql): string[] => {
  const monday = daySql(weekOf(day), timeZone)
  return [
    `DELETE FROM weekly_cohorts WHERE week = ${monday.date()}`,
    `INSERT INTO weekly_cohorts (week, cohort, bot, source, people)
     SELECT ${monday.date()}, date_trunc('week', ${monday.dateOf('first_at')}::timestamp)::date, bot, source, count(*)
     FROM (${startsOfActive(monday, monday.date(), monday.date(6))}) AS person
     WHERE first_at < ${monday.start(7)} GROUP BY 2, 3, 4`,
  ]
}
