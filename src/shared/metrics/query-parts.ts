import type { MetricQuery } from './metric.ts'

/** The row that stands for all bots, or all sources, where people are counted: they are no sum. */
export const ALL = '*'

/** $1 from, $2 to, $3 bot, $4 source; further values follow from $5. */
export const valuesOf = (query: MetricQuery, ...more: unknown[]): unknown[] => [
  query.from,
  query.to,
  query.bot ?? ALL,
  query.source ?? ALL,
  ...more,
]

/** Of a table with a row for all bots and one for all sources. */
export const inScope = (table: string): string => `${table}.bot = $3 AND ${table}.source = $4`

/** Of a table whose rows add up. */
export const summedScope = (table: string): string =>
  `${table}.day BETWEEN $1 AND $2 AND ($3 = '*' OR ${table}.bot = $3) AND ($4 = '*' OR ${table}.source = $4)`

/** Every day that is asked for; `is_known` of those whose numbers have been made. */
export const DAYS = `(
  SELECT d.day, k.day IS NOT NULL AS is_known
  FROM (SELECT $1::date + n AS day FROM generate_series(0, $2::date - $1::date) AS n) AS d
    LEFT JOIN aggregated_days AS k USING (day)
)`

/** A number of `daily_stats AS s` beside `DAYS AS d`: 0 on a day without any, null on one that nobody has counted. */
export const known = (column: string): string =>
  `CASE WHEN d.is_known THEN coalesce(s.${column}, 0)::float8 END`

/** Null where there is nothing to divide by. */
export const ratio = (part: string, whole: string): string =>
  `(${part})::float8 / nullif((${whole})::float8, 0)`
