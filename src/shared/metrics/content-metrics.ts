import { count, DAY, DOWNLOADS, maybe, number, PLATFORM, seconds, share, text } from './columns.ts'
import { FREQUENT_OF_DAY } from './day-files.ts'
import { daysBetween, wholeMonths } from './days.ts'
import { defineMetric, type MetricQuery } from './metric.ts'
import { DAYS, ratio, summedScope, valuesOf } from './query-parts.ts'

const ALL_FILTERS = ['bot', 'source', 'platform'] as const
const IN_RANGE = `${summedScope('f')} AND ($5::text IS NULL OR f.platform = $5)`

export const platformDownloads = defineMetric({
  id: 'platform-downloads',
  title: { en: 'Sites', ru: 'Сайты' },
  definition: {
    en: 'Files that people got, by the site they came from. Cached: those for which nothing had to be fetched. Share: of all files of the range and the filters.',
    ru: 'Полученные людьми файлы по сайтам, с которых они взяты. «Из кэша» — те, ради которых ничего не пришлось скачивать. Доля — от всех файлов периода с учётом фильтров.',
  },
  decision: {
    en: 'Which extractor is mended first when several break.',
    ru: 'Какой экстрактор чинить первым, если сломались несколько.',
  },
  filters: ALL_FILTERS,
  isRanking: true,
  columns: {
    platform: PLATFORM,
    downloads: DOWNLOADS,
    cached: count('Cached', 'Из кэша'),
    sizeBytes: number('Bytes', 'Байты'),
    share: maybe(share('Share', 'Доля')),
  },
  sql: (query) => ({
    text: `SELECT f.platform, sum(f.downloads)::float8 AS downloads, sum(f.cached)::float8 AS cached,
        sum(f.size_bytes)::float8 AS "sizeBytes", ${ratio('sum(f.downloads)', 'sum(sum(f.downloads)) OVER ()')} AS share
      FROM daily_downloads AS f WHERE ${IN_RANGE}
      GROUP BY f.platform ORDER BY downloads DESC, f.platform LIMIT $6`,
    values: valuesOf(query, query.platform, query.limit),
  }),
})

export const askedBy = defineMetric({
  id: 'asked-by',
  title: { en: 'Ways of asking', ru: 'Способы запроса' },
  definition: {
    en: 'Files that people got, by how the link reached us: message (a private chat), inline, deep_link (a link into the bot), group.',
    ru: 'Полученные файлы по тому, как до нас дошла ссылка: message (личный чат), inline (инлайн), deep_link (ссылка в бота), group (группа).',
  },
  decision: {
    en: 'Which way is worth improving, and which one nobody has found.',
    ru: 'Какой способ стоит улучшать, а какого никто не нашёл.',
  },
  filters: ALL_FILTERS,
  columns: {
    askedBy: text('Asked by', 'Способ'),
    downloads: DOWNLOADS,
    share: maybe(share('Share', 'Доля')),
  },
  sql: (query) => ({
    text: `SELECT f.asked_by AS "askedBy", sum(f.downloads)::float8 AS downloads,
        ${ratio('sum(f.downloads)', 'sum(sum(f.downloads)) OVER ()')} AS share
      FROM daily_downloads AS f WHERE ${IN_RANGE} GROUP BY f.asked_by ORDER BY downloads DESC, f.asked_by`,
    values: valuesOf(query, query.platform),
  }),
})

export const topMedia = defineMetric({
  id: 'top-media',
  title: { en: 'Top media', ru: 'Популярное' },
  definition: {
    en: 'What was delivered most often, by the site’s own id, all formats together. In a range of more than 31 days only the most frequent ones of every site, bot and source take part: 200 of each whole month, 50 of each other day.',
    ru: 'Что доставляли чаще всего, по собственному идентификатору сайта, все форматы вместе. Если в периоде больше 31 дня, участвуют только самые частые для каждого сайта, бота и источника: 200 от каждого целого месяца, 50 от каждого прочего дня.',
  },
  decision: {
    en: 'How long files are kept, and what is worth fetching ahead.',
    ru: 'Как долго хранить файлы и что стоит готовить заранее.',
  },
  filters: ALL_FILTERS,
  isRanking: true,
  columns: {
    media: text('Media', 'Медиа'),
    platform: PLATFORM,
    downloads: DOWNLOADS,
    cached: count('Cached', 'Из кэша'),
  },
  sql: (query) =>
    isLong(query)
      ? {
          // Days before $7 and from $8 on are in months that the range does not hold whole.
          text: topOf(`SELECT platform, video_id, downloads, cached FROM daily_media AS f
              WHERE f.day < $7::date AND f.place <= ${FREQUENT_OF_DAY} AND ${IN_RANGE}
              UNION ALL
              SELECT platform, video_id, downloads, cached FROM daily_media AS f
              WHERE f.day >= $8::date AND f.place <= ${FREQUENT_OF_DAY} AND ${IN_RANGE}
              UNION ALL
              SELECT platform, video_id, downloads, cached FROM monthly_media AS m
              WHERE m.month >= $7::date AND m.month < $8::date
                AND ($3 = '*' OR m.bot = $3) AND ($4 = '*' OR m.source = $4) AND ($5::text IS NULL OR m.platform = $5)`),
          values: valuesOf(query, query.platform, query.limit, ...wholeMonths(query)),
        }
      : {
          text: topOf(`SELECT platform, video_id, downloads, cached FROM daily_media AS f WHERE ${IN_RANGE}`),
          values: valuesOf(query, query.platform, query.limit),
        },
})

/** To add up more days in full takes longer than somebody waits. */
const isLong = ({ from, to }: MetricQuery): boolean => daysBetween(from, to) >= 31

const topOf = (parts: string): string =>
  `SELECT video_id AS media, min(platform COLLATE "C") AS platform, sum(downloads::float8) AS downloads,
     sum(cached::float8) AS cached
   FROM (${parts}) AS part GROUP BY video_id ORDER BY downloads DESC, media LIMIT $6`

export const cache = defineMetric({
  id: 'cache',
  title: { en: 'Cache', ru: 'Кэш' },
  definition: {
    en: 'The share of delivered files for which nothing had to be fetched. Seconds saved: for each of these, the mean seconds of work of a fetched file from the same site, over the range and the filters.',
    ru: 'Доля доставленных файлов, ради которых ничего не пришлось скачивать. Сэкономленные секунды: за каждый такой файл — средние секунды работы над скачанным файлом того же сайта за период с учётом фильтров.',
  },
  decision: {
    en: 'How large the storage may be, and how long a file is kept.',
    ru: 'Каким может быть хранилище и как долго держать файл.',
  },
  filters: ALL_FILTERS,
  columns: {
    day: DAY,
    downloads: maybe(DOWNLOADS),
    cached: maybe(count('Cached', 'Из кэша')),
    hitRate: maybe(share('Hit rate', 'Доля попаданий')),
    secondsSaved: maybe(seconds('Seconds saved', 'Сэкономлено секунд')),
  },
  sql: (query) => ({
    text: `WITH part AS (SELECT * FROM daily_downloads AS f WHERE ${IN_RANGE}),
      site AS (SELECT platform, ${ratio('sum(work_ms)', 'sum(downloads - cached)')} / 1000 AS seconds FROM part GROUP BY platform),
      total AS (SELECT day, sum(downloads) AS downloads, sum(cached) AS cached, sum(cached * coalesce(seconds, 0)) AS saved
        FROM part JOIN site USING (platform) GROUP BY day)
      SELECT d.day::text, CASE WHEN d.is_known THEN coalesce(downloads, 0)::float8 END AS downloads,
        CASE WHEN d.is_known THEN coalesce(cached, 0)::float8 END AS cached,
        ${ratio('cached', 'downloads')} AS "hitRate",
        CASE WHEN d.is_known THEN coalesce(saved, 0)::float8 END AS "secondsSaved"
      FROM ${DAYS} AS d LEFT JOIN total AS t ON t.day = d.day ORDER BY d.day`,
    values: valuesOf(query, query.platform),
  }),
})
