import { count, maybe, number, seconds, share } from './columns.ts'
import { defineMetric } from './metric.ts'
import { DAYS, inScope, ratio, valuesOf } from './query-parts.ts'

/** Retention of the cohorts in the range whose day N is over: null when there is none. */
const retained = (n: number) => `(
  SELECT ${ratio('sum(r.people)', 'sum(c.started)')}
  FROM daily_stats AS c JOIN aggregated_days AS k ON k.day = c.day + ${n} AND k.day < $5::date
    LEFT JOIN daily_retention AS r ON r.day = c.day + ${n} AND r.cohort = c.day AND r.bot = $3 AND r.source = $4
  WHERE c.day BETWEEN $1 AND $2 AND ${inScope('c')})`
/** Somebody started, and nobody came back: that is 0, while nothing to divide by is null. */
const retention = (n: number) => `CASE WHEN (
  SELECT sum(c.started) FROM daily_stats AS c JOIN aggregated_days AS k ON k.day = c.day + ${n} AND k.day < $5::date
  WHERE c.day BETWEEN $1 AND $2 AND ${inScope('c')}) > 0 THEN coalesce(${retained(n)}, 0) END`

const SUMS = {
  new_people: 'newPeople',
  started: 'started',
  sessions: 'sessions',
  link_messages: 'linkMessages',
  choices: 'choices',
  inline_queries: 'inlineQueries',
  downloads: 'downloads',
  cached: 'cached',
  failures: 'failures',
  referred: 'referred',
  limits: 'limits',
  ads_shown: 'adsShown',
  ads_clicked: 'adsClicked',
  surveys: 'surveys',
  bot_errors: 'botErrors',
}

export const overview = defineMetric({
  id: 'overview',
  title: { en: 'Overview', ru: 'Обзор' },
  definition: {
    en: 'The range in one row: sums of its days; DAU is the mean of its days, WAU and MAU are those of its last day; D1 and D7 are of all first starts in the range whose day 1 or 7 is over.',
    ru: 'Период одной строкой: суммы по дням; DAU — среднее по дням, WAU и MAU — на последний день; D1 и D7 — по всем первым запускам периода, у которых день 1 или 7 уже прошёл.',
  },
  decision: { en: 'Whether to look closer, and where.', ru: 'Нужно ли смотреть подробнее и куда.' },
  filters: ['bot', 'source'],
  columns: {
    dau: maybe(number('DAU, mean', 'DAU, среднее')),
    wau: maybe(count('WAU', 'WAU')),
    mau: maybe(count('MAU', 'MAU')),
    newPeople: count('New people', 'Новые люди'),
    started: count('First starts', 'Первые запуски'),
    sessions: count('Sessions', 'Сессии'),
    linkMessages: count('Messages with links', 'Сообщения со ссылками'),
    choices: count('Choices', 'Выборы'),
    inlineQueries: count('Inline queries', 'Инлайн-запросы'),
    downloads: count('Files', 'Файлы'),
    cached: count('Cached', 'Из кэша'),
    hitRate: maybe(share('Cache hit rate', 'Доля кэша')),
    perPerson: maybe(number('Files per active person and day', 'Файлов на активного в день')),
    waited: maybe(seconds('Mean wait', 'Среднее ожидание')),
    failures: count('Failures', 'Ошибки'),
    failureRate: maybe(share('Failure rate', 'Доля ошибок')),
    d1: maybe(share('D1', 'D1')),
    d7: maybe(share('D7', 'D7')),
    referred: count('Brought by others', 'Привели другие'),
    limits: count('Limits reached', 'Упёрлись в лимит'),
    adsShown: count('Ads shown', 'Показы рекламы'),
    adsClicked: count('Ads clicked', 'Клики по рекламе'),
    surveys: count('Surveys', 'Опросы'),
    botErrors: count('Errors of the bot', 'Ошибки бота'),
  },
  sql: (query) => ({
    text: `SELECT ${Object.entries(SUMS)
      .map(([column, name]) => `coalesce(sum(s.${column}), 0)::float8 AS "${name}"`)
      .join(', ')},
        ${ratio('coalesce(sum(s.dau), 0)', 'count(*) FILTER (WHERE d.is_known)')} AS dau,
        (array_agg(coalesce(s.wau, 0) ORDER BY d.day DESC) FILTER (WHERE d.is_known))[1]::float8 AS wau,
        (array_agg(coalesce(s.mau, 0) ORDER BY d.day DESC) FILTER (WHERE d.is_known))[1]::float8 AS mau,
        ${ratio('sum(s.cached)', 'sum(s.downloads)')} AS "hitRate",
        ${ratio('sum(s.downloads)', 'sum(s.dau)')} AS "perPerson",
        ${ratio('sum(s.waited_ms)', 'sum(s.downloads)')} / 1000 AS waited,
        ${ratio('sum(s.failures)', 'sum(s.failures + s.downloads)')} AS "failureRate",
        ${retention(1)} AS d1, ${retention(7)} AS d7
      FROM ${DAYS} AS d LEFT JOIN daily_stats AS s ON s.day = d.day AND ${inScope('s')}`,
    values: valuesOf(query, query.today),
  }),
})
