import { count, DAY, maybe, share, WEEK } from './columns.ts'
import { defineMetric } from './metric.ts'
import { DAYS, inScope, known, ratio, valuesOf } from './query-parts.ts'

/** How many came back on day N after their first start: null until that day is over and counted. */
const back = (n: number) => `(
  SELECT CASE WHEN d.is_known THEN coalesce((
    SELECT r.people FROM daily_retention AS r
    WHERE r.day = d.day + ${n} AND r.cohort = d.day AND ${inScope('r')}), 0)::float8 END
  FROM aggregated_days AS k WHERE k.day = d.day + ${n} AND k.day < $5::date)`

export const retention = defineMetric({
  id: 'retention',
  title: { en: 'Retention', ru: 'Удержание' },
  definition: {
    en: 'Of the people whose first ever /start was on that day, the share that was active again on exactly the 1st, 7th and 30th calendar day after it (D1, D7, D30). A cell stays empty until that later day is over; it is never 0 for want of time.',
    ru: 'Доля тех, кто, впервые нажав /start в этот день, снова был активен ровно в 1-й, 7-й и 30-й календарный день после него (D1, D7, D30). Ячейка пуста, пока тот день не закончился: из-за нехватки времени в ней никогда не бывает 0.',
  },
  decision: {
    en: 'Whether the first visit convinces: D1 is the first impression, D7 the use, D30 the habit.',
    ru: 'Убеждает ли первое знакомство: D1 — первое впечатление, D7 — польза, D30 — привычка.',
  },
  filters: ['bot', 'source'],
  columns: {
    day: DAY,
    people: maybe(count('Started', 'Запустили')),
    d1: maybe(count('Back on day 1', 'Вернулись в день 1')),
    d7: maybe(count('Back on day 7', 'Вернулись в день 7')),
    d30: maybe(count('Back on day 30', 'Вернулись в день 30')),
    shareD1: maybe(share('D1', 'D1')),
    shareD7: maybe(share('D7', 'D7')),
    shareD30: maybe(share('D30', 'D30')),
  },
  sql: (query) => ({
    text: `SELECT day::text, people, d1, d7, d30, ${ratio('d1', 'people')} AS "shareD1",
        ${ratio('d7', 'people')} AS "shareD7", ${ratio('d30', 'people')} AS "shareD30"
      FROM (SELECT d.day, ${known('started')} AS people, ${back(1)} AS d1, ${back(7)} AS d7, ${back(30)} AS d30
        FROM ${DAYS} AS d LEFT JOIN daily_stats AS s ON s.day = d.day AND ${inScope('s')}) AS r
      ORDER BY day`,
    values: valuesOf(query, query.today),
  }),
})

export const cohorts = defineMetric({
  id: 'cohorts',
  title: { en: 'Weekly cohorts', ru: 'Недельные когорты' },
  definition: {
    en: 'People whose first ever /start was in that week (Monday to Sunday), and how many of them were active in the N-th week after it; week 0 is their first one. Weeks that are not over are left empty, never 0. A week belongs to the range when its Monday does.',
    ru: 'Люди, чей самый первый /start был на этой неделе (с понедельника по воскресенье), и сколько из них были активны на N-й неделе после неё; неделя 0 — первая. Незавершённые недели пусты, а не равны 0. Неделя входит в период, если в него входит её понедельник.',
  },
  decision: {
    en: 'Whether the people of later weeks stay longer: what a release did shows here.',
    ru: 'Остаются ли люди более поздних недель дольше: здесь видно, что дал выпуск новой версии.',
  },
  filters: ['bot', 'source'],
  columns: {
    week: WEEK,
    n: count('Week N', 'Неделя N'),
    people: count('Started', 'Запустили'),
    active: maybe(count('Active', 'Активны')),
    share: maybe(share('Share', 'Доля')),
  },
  sql: (query) => ({
    text: `SELECT week::text, n::float8, people, active, ${ratio('active', 'people')} AS share
      FROM (
        SELECT c.week, n, c.people,
          CASE WHEN c.week + 7 * n + 6 < $5::date AND EXISTS (
              SELECT FROM aggregated_days AS k WHERE k.day BETWEEN c.week + 7 * n AND c.week + 7 * n + 6)
            THEN coalesce((SELECT w.people FROM weekly_cohorts AS w
              WHERE w.week = c.week + 7 * n AND w.cohort = c.week AND ${inScope('w')}), 0)::float8 END AS active
        FROM (
          SELECT date_trunc('week', s.day::timestamp)::date AS week, sum(s.started)::float8 AS people
          FROM daily_stats AS s
          WHERE s.day BETWEEN date_trunc('week', ($1::date + 6)::timestamp)::date AND date_trunc('week', $2::date::timestamp)::date + 6
            AND ${inScope('s')}
          GROUP BY 1 HAVING sum(s.started) > 0) AS c,
          -- The weeks that have begun.
          generate_series(0, ($5::date - c.week) / 7) AS n
      ) AS grid ORDER BY grid.week, n`,
    values: valuesOf(query, query.today),
  }),
})
