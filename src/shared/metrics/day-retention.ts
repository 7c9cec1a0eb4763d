import { type DaySql, daySql, scopesOf } from './day-sql.ts'
import { weekOf } from './days.ts'

/** The first start of everybody who was active from one day to another, in each scope in which they were. */
const startsOfActive = (from: string, to: string) => `
  SELECT b.bot, s.source, p.user_id, min(p.first_start_at) AS first_at
  FROM (
    SELECT u.bot, u.first_source AS source, u.user_id, u.first_start_at, a.user_id IS NOT NULL AS was_active
    FROM users AS u
      LEFT JOIN (SELECT DISTINCT bot, user_id FROM daily_active WHERE day BETWEEN ${from} AND ${to}) AS a USING (bot, user_id)
    WHERE u.user_id IN (SELECT user_id FROM daily_active WHERE day BETWEEN ${from} AND ${to})
  ) AS p, ${scopesOf('p')}
  GROUP BY b.bot, s.source, p.user_id HAVING bool_or(p.was_active)`

const FARTHEST_DAYS = 30

/** Who of the cohorts of the last days came back on this one. */
export const dayRetention = (d: DaySql): string[] => [
  `DELETE FROM daily_retention WHERE day = ${d.date()}`,
  `INSERT INTO daily_retention (day, cohort, bot, source, people)
   SELECT ${d.date()}, ${d.dateOf('first_at')}, bot, source, count(*)
   FROM (${startsOfActive(d.date(), d.date())}) AS person
   WHERE first_at >= ${d.start(-FARTHEST_DAYS)} AND first_at < ${d.start(1)} GROUP BY 2, 3, 4`,
]

/** Who of all weekly cohorts was there in the week of this day. */
export const dayCohorts = ({ day, timeZone }: DaySql): string[] => {
  const monday = daySql(weekOf(day), timeZone)
  return [
    `DELETE FROM weekly_cohorts WHERE week = ${monday.date()}`,
    `INSERT INTO weekly_cohorts (week, cohort, bot, source, people)
     SELECT ${monday.date()}, date_trunc('week', ${monday.dateOf('first_at')}::timestamp)::date, bot, source, count(*)
     FROM (${startsOfActive(monday.date(), monday.date(6))}) AS person
     WHERE first_at < ${monday.start(7)} GROUP BY 2, 3, 4`,
  ]
}
