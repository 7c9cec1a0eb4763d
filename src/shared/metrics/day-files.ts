import { type DaySql, daySql, sumOf } from './day-sql.ts'

const FILE = `SELECT bot, source, coalesce(props ->> 'platform', 'unknown') AS platform, props ->> 'source' AS asked_by,
    (props -> 'cached' = 'true')::int AS cached, number_in(props, 'sizeBytes') AS size_bytes,
    number_in(props, 'waitedMs') AS waited_ms, props,
    regexp_replace(props ->> 'mediaKey', '(\\.[^.]*){3}$', '') AS video_id
  FROM day_events WHERE name = 'download_completed'`

const STAGES = `LATERAL jsonb_each(
    CASE WHEN jsonb_typeof(props -> 'stageSeconds') = 'object' THEN props -> 'stageSeconds' ELSE '{}' END) AS stage(name)`
const MS = `round(number_in(props -> 'stageSeconds', stage.name) * 1000)`

/** Of a month, for each site, bot and source. */
const FREQUENT_OF_MONTH = 200
/** Of a day, likewise; the index of `daily_media` that holds only these has the same number. */
export const FREQUENT_OF_DAY = 50

export const dayDownloads = (d: DaySql): string[] => [
  `DELETE FROM daily_downloads WHERE day = ${d.date()}`,
  `INSERT INTO daily_downloads (day, bot, source, platform, asked_by, downloads, cached, size_bytes, work_ms)
   SELECT ${d.date()}, bot, source, platform, coalesce(asked_by, 'message'), count(*), coalesce(sum(cached), 0),
     ${sumOf('size_bytes')}, ${sumOf(`(SELECT sum(${MS}) FROM ${STAGES})`, 'cached IS DISTINCT FROM 1')}
   FROM (${FILE}) AS file GROUP BY 2, 3, 4, 5`,
  `DELETE FROM daily_failures WHERE day = ${d.date()}`,
  `INSERT INTO daily_failures (day, bot, source, platform, stage, code, failures)
   SELECT ${d.date()}, bot, source, coalesce(props ->> 'platform', 'unknown'), coalesce(props ->> 'stage', 'unknown'),
     coalesce(props ->> 'code', 'unknown'), count(*)
   FROM day_events WHERE name = 'download_failed' GROUP BY 2, 3, 4, 5, 6`,
]

/** Seconds of work in each stage, and of waiting from asking to the file. */
export const dayStageSeconds = (d: DaySql): string[] => [
  `DELETE FROM daily_stage_seconds WHERE day = ${d.date()}`,
  `INSERT INTO daily_stage_seconds (day, bot, platform, stage, bucket, runs, total_ms)
   WITH file AS (${FILE}), run AS (
     SELECT bot, platform, stage.name AS stage, ${MS} AS ms FROM file, ${STAGES} WHERE cached IS DISTINCT FROM 1
     UNION ALL
     SELECT bot, platform, CASE WHEN cached = 1 THEN 'waited_cached' ELSE 'waited_fetched' END, round(waited_ms) FROM file
   )
   SELECT ${d.date()}, bot, platform, stage, floor(ln(greatest(ms, 1)::float8) / ln(1.2::float8)), count(*), ${sumOf('ms')}
   FROM run WHERE ms >= 0 GROUP BY 2, 3, 4, 5`,
]

export const dayMedia = (d: DaySql): string[] => {
  const month = daySql(`${d.day.slice(0, 7)}-01`, d.timeZone).date()
  return [
    `DELETE FROM daily_media WHERE day = ${d.date()}`,
    `INSERT INTO daily_media (day, bot, source, platform, video_id, downloads, cached, place)
     SELECT ${d.date()}, bot, source, platform, video_id, count(*), coalesce(sum(cached), 0),
       row_number() OVER (PARTITION BY bot, source, platform ORDER BY count(*) DESC, video_id) AS place
     FROM (${FILE}) AS file WHERE video_id IS NOT NULL GROUP BY 2, 3, 4, 5 ORDER BY place`,
    `DELETE FROM monthly_media WHERE month = ${month}`,
    // Most are fetched once. Where enough others are there, those need not be sorted.
    `INSERT INTO monthly_media (month, bot, source, platform, video_id, downloads, cached)
     WITH video AS MATERIALIZED (
       SELECT bot, source, platform, video_id, sum(downloads) AS downloads, sum(cached) AS cached
       FROM daily_media WHERE day >= ${month} AND day < ${month} + interval '1 month' GROUP BY 1, 2, 3, 4
     ), enough AS MATERIALIZED (
       SELECT bot, source, platform FROM video WHERE downloads > 1 GROUP BY 1, 2, 3 HAVING count(*) >= ${FREQUENT_OF_MONTH}
     )
     SELECT ${month}, bot, source, platform, video_id, downloads, cached
     FROM (
       SELECT *, row_number() OVER (PARTITION BY bot, source, platform ORDER BY downloads DESC, video_id) AS place
       FROM video WHERE downloads > 1 OR (bot, source, platform) NOT IN (SELECT * FROM enough)
     ) AS m WHERE place <= ${FREQUENT_OF_MONTH}`,
  ]
}
