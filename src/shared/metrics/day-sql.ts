import pg from 'pg'
import { addDays } from './days.ts'

/** What the statements that make a day's numbers are written with. Literals, so that the planner sees which partitions it needs. */
export interface DaySql {
  day: string
  timeZone: string
  /** The time zone as a literal. */
  zone: string
  /** The date, so many days later. */
  date(later?: number): string
  /** The moment at which that day begins there. */
  start(later?: number): string
  /** The date that a moment belongs to. */
  dateOf(moment: string): string
}

/** @throws RangeError when `day` is no date */
export function daySql(day: string, timeZone: string): DaySql {
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || addDays(day, 0) !== day)
    throw new RangeError('is no day, for example 2026-11-01')
  const zone = pg.escapeLiteral(timeZone)
  return {
    ...{ day, timeZone, zone },
    date: (later = 0) => `DATE '${addDays(day, later)}'`,
    start: (later = 0) => `(TIMESTAMP '${addDays(day, later)}' AT TIME ZONE ${zone})`,
    dateOf: (moment) => `(${moment} AT TIME ZONE ${zone})::date`,
  }
}

/** The sum of what strangers may have written too, as JavaScript can hold it: a day with too much of it is made all the same. */
export const sumOf = (numbers: string, where = 'true'): string =>
  `least(coalesce(sum(${numbers}) FILTER (WHERE ${where}), 0), 9e15)::bigint`

/** Beside each row one for all bots, one for all sources, and one for both. */
export const scopesOf = (table: string): string =>
  `LATERAL (VALUES (${table}.bot), ('*')) AS b(bot), LATERAL (VALUES (${table}.source), ('*')) AS s(source)`

/** Puts numbers of a day beside those that are there. */
export const intoDailyStats = (columns: readonly string[], select: string): string =>
  `INSERT INTO daily_stats (day, bot, source, ${columns.join(', ')}) ${select}
   ON CONFLICT (day, bot, source) DO UPDATE SET ${columns.map((name) => `${name} = excluded.${name}`).join(', ')}`

/**
 * Where the person of `users AS u` came from, as it was known at the end of a day: before their first /start they count as
 * organic. So what happens later changes no day that is over.
 */
export const sourceOn = (d: DaySql, date: string): string =>
  `CASE WHEN ${d.dateOf('u.first_start_at')} <= ${date} THEN u.first_source ELSE 'organic' END`
