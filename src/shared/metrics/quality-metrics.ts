import { count, maybe, PLATFORM, seconds, share, text } from './columns.ts'
import { defineMetric } from './metric.ts'
import { inScope, ratio, summedScope, valuesOf } from './query-parts.ts'

export const failures = defineMetric({
  id: 'failures',
  title: { en: 'Failures', ru: 'Ошибки' },
  definition: {
    en: 'Requests that ended without a file, by site (`unknown` when the link was never understood), stage and code. Rate: these failures divided by all ends of requests on that site, with a file or without.',
    ru: 'Запросы, закончившиеся без файла, по сайту (unknown, если ссылку так и не распознали), этапу и коду. Доля — эти ошибки, делённые на все завершения запросов по этому сайту, с файлом и без.',
  },
  decision: {
    en: 'What is mended first, and which site’s extractor is broken.',
    ru: 'Что чинить первым и экстрактор какого сайта сломан.',
  },
  filters: ['bot', 'source', 'platform'],
  isRanking: true,
  columns: {
    platform: PLATFORM,
    stage: text('Stage', 'Этап'),
    code: text('Code', 'Код'),
    failures: count('Failures', 'Ошибки'),
    rate: maybe(share('Rate', 'Доля')),
  },
  sql: (query) => {
    const of = (table: string) => `${summedScope(table)} AND ($5::text IS NULL OR ${table}.platform = $5)`
    return {
      text: `WITH failed AS (
          SELECT f.platform, f.stage, f.code, sum(f.failures) AS failures FROM daily_failures AS f
          WHERE ${of('f')} GROUP BY 1, 2, 3
        ), delivered AS (
          SELECT f.platform, sum(f.downloads) AS downloads FROM daily_downloads AS f WHERE ${of('f')} GROUP BY 1
        )
        SELECT f.platform, f.stage, f.code, f.failures::float8,
          ${ratio('f.failures', 'sum(f.failures) OVER (PARTITION BY f.platform) + coalesce(d.downloads, 0)')} AS rate
        FROM failed AS f LEFT JOIN delivered AS d USING (platform)
        ORDER BY f.failures DESC, f.platform, f.stage, f.code LIMIT $6`,
      values: valuesOf(query, query.platform, query.limit),
    }
  },
})

/** The bounds of bucket n of `daily_stage_seconds` are 1.2^n and 1.2^(n+1) ms; its middle is off by 10 % at most. */
const PERCENTILE = (percent: number) =>
  `(min(power(1.2, bucket + 0.5)) FILTER (WHERE up_to >= ceil(${percent / 100} * runs)) / 1000)::float8`

export const stageSeconds = defineMetric({
  id: 'stage-seconds',
  title: { en: 'Seconds per stage', ru: 'Секунды по этапам' },
  definition: {
    en: 'Seconds of work that a fetched file took in each stage, and what people waited from asking to the file: `waited_fetched` and `waited_cached`. The median (p50) and what 95 of 100 stay under (p95) are read from buckets and exact to 10 %; the mean is exact.',
    ru: 'Секунды работы над скачанным файлом на каждом этапе и сколько люди ждали от запроса до файла: waited_fetched (скачан) и waited_cached (из кэша). Медиана (p50) и то, во что укладываются 95 из 100 (p95), взяты из корзин с точностью 10 %; среднее точное.',
  },
  decision: {
    en: 'Which stage gets more workers or a better tool.',
    ru: 'Какому этапу дать больше обработчиков или лучший инструмент.',
  },
  filters: ['bot', 'platform'],
  columns: {
    stage: text('Stage', 'Этап'),
    runs: count('Times', 'Раз'),
    mean: seconds('Mean', 'Среднее'),
    p50: seconds('p50', 'p50'),
    p95: seconds('p95', 'p95'),
  },
  sql: (query) => ({
    text: `WITH buckets AS (
        SELECT f.stage, f.bucket, sum(f.runs) AS runs, sum(f.total_ms) AS total_ms FROM daily_stage_seconds AS f
        WHERE f.day BETWEEN $1 AND $2 AND ($3 = '*' OR f.bot = $3) AND ($4::text IS NULL OR f.platform = $4)
        GROUP BY 1, 2
      ), ranked AS (
        SELECT stage, bucket, total_ms, sum(runs) OVER (PARTITION BY stage) AS runs,
          sum(runs) OVER (PARTITION BY stage ORDER BY bucket) AS up_to
        FROM buckets
      )
      SELECT stage, runs::float8, (sum(total_ms) / runs / 1000)::float8 AS mean,
        ${PERCENTILE(50)} AS p50, ${PERCENTILE(95)} AS p95
      FROM ranked GROUP BY stage, runs ORDER BY stage`,
    values: [query.from, query.to, query.bot ?? '*', query.platform],
  }),
})

export const errors = defineMetric({
  id: 'errors',
  title: { en: 'Errors of the bot itself', ru: 'Ошибки самого бота' },
  definition: {
    en: 'Updates and jobs of the bot itself that broke, beside failed requests, by place and code.',
    ru: 'Сбои обработки обновлений и заданий самого бота, помимо неудачных запросов, по месту и коду.',
  },
  decision: { en: 'Whether a release is taken back.', ru: 'Откатывать ли выпуск.' },
  filters: ['bot'],
  isRanking: true,
  columns: { stage: text('Place', 'Место'), code: text('Code', 'Код'), errors: count('Errors', 'Ошибки') },
  sql: (query) => ({
    text: `SELECT f.what AS stage, f.detail AS code, sum(f.times)::float8 AS errors FROM daily_counts AS f
      WHERE f.kind = 'error' AND f.day BETWEEN $1 AND $2 AND ${inScope('f')}
      GROUP BY 1, 2 ORDER BY errors DESC, stage, code LIMIT $5`,
    values: valuesOf(query, query.limit),
  }),
})
