/**
 * `node src/bench/year-of-events.ts <postgres url> [--events 10000000] [--seed 7]` fills an empty, migrated database with a
 * year of made-up history: for the benchmark, and for whoever wants to see a dashboard that has lived.
 */
import { parseArgs } from 'node:util'
import { Client } from 'pg'
import { runMain } from '../shared/run-main.ts'

/** The year: the months from December to November. Fixed, so that a seed always gives the same rows. */
export const YEAR = { from: '2025-12-01', to: '2026-11-30', timeZone: 'Europe/Moscow' }
const MONTHS = Array.from({ length: 13 }, (_, n) =>
  new Date(Date.UTC(2025, 10 + n, 1)).toISOString().slice(0, 10),
)

export interface YearOptions {
  /** So many, up to a few that are lost to rounding. */
  events: number
  seed: number
}

/** What a person does in one visit, and how many events that is. */
const STEPS = ['session_start', 'link_received', 'choice_made', 'end', 'other']
/** Visits of a person in the year, on average. */
const VISITS = 8

/** One of several, by their shares, which add up to 1. */
const pick = (chance: string, ...choices: [share: number, sql: string][]): string => {
  const upTo = (at: number) => choices.slice(0, at + 1).reduce((sum, [share]) => sum + share, 0)
  const cases = choices.map(([, sql], at) => `WHEN ${chance} < ${upTo(at).toFixed(4)} THEN ${sql}`)
  return `CASE ${cases.join(' ')} ELSE ${choices.at(-1)?.[1]} END`
}

const PEOPLE = (people: number) => `
  CREATE UNLOGGED TABLE made_people AS
  SELECT n AS user_id, CASE WHEN a < 0.8 THEN 'clipferry_bot' ELSE 'clipferry_two_bot' END AS bot,
    ${pick('b', [0.6, `'organic'`], [0.25, `'referral'`], [0.15, `'campaign'`])} AS source,
    CASE WHEN b >= 0.85 THEN (ARRAY['habr', 'vc', 'telegram', 'youtube'])[1 + floor(c * 4)::int] END AS campaign,
    ${pick('d', [0.5, `'ru'`], [0.25, `'en'`], [0.05, `'uk'`], [0.05, `'kk'`], [0.05, `'pt-BR'`], [0.1, `'de'`])} AS language,
    timestamptz '2025-11-30 21:00Z' + interval '1 day' * 364.9 * sqrt(e) AS start_at
  FROM (SELECT n, random() AS a, random() AS b, random() AS c, random() AS d, random() AS e FROM generate_series(1, ${people}) AS n) AS p`

/** The first visit of everybody, and more of those who came early or like it. */
const DONE = (people: number, visits: number) => `
  CREATE UNLOGGED TABLE made_visits AS
  SELECT v.n, p.*, p.start_at + CASE WHEN v.n <= ${people} THEN interval '0'
      ELSE (timestamptz '2026-11-30 20:30Z' - p.start_at) * v.life END AS at
  FROM (SELECT n, CASE WHEN n <= ${people} THEN n ELSE 1 + floor(${people} * power(random(), 1.7))::int END AS user_id,
      power(random(), 3) AS life
    FROM generate_series(1, ${visits}) AS n) AS v JOIN made_people AS p USING (user_id)`

const END = pick('r', [0.94, `'download_completed'`], [0.06, `'download_failed'`])
const OTHER = pick(
  's',
  ...([
    [0.3, `'inline_query'`],
    [0.25, `'view_clicked'`],
    [0.2, `'feature_used'`],
    [0.08, `'limit_reached'`],
    [0.08, `'ad_shown'`],
    [0.02, `'ad_clicked'`],
    [0.02, `'user_referred'`],
    [0.015, `'bonus_granted'`],
    [0.015, `'survey_completed'`],
    [0.02, `'bot_error'`],
  ] as [number, string][]),
)
const MEDIA = `'v' || floor(400000 * power(t, 3))::int`
const SITE = `(ARRAY['youtube', 'tiktok', 'instagram', 'vk', 'rutube', 'generic'])[1 + (floor(400000 * power(t, 3))::int % 6)]`
const ASKED_BY = pick('u', [0.75, `'message'`], [0.1, `'inline'`], [0.05, `'deep_link'`], [0.1, `'group'`])

const PROPS: Record<string, string> = {
  bot_start: `jsonb_build_object('source', source, 'campaign', campaign, 'referrerId', null, 'isNew', true, 'language', language)`,
  session_start: `jsonb_build_object('ordinal', 1, 'daysSinceFirst', 0, 'daysSinceLast', null, 'language', language)`,
  link_received: `jsonb_build_object('source', ${ASKED_BY}, 'links', 1)`,
  choice_made: `jsonb_build_object('format', (ARRAY['v720', 'v1080', 'v480', 'a-mp3', 'a-m4a'])[1 + floor(u * 5)::int], 'remembered', r < 0.2)`,
  download_completed: `jsonb_build_object('source', ${ASKED_BY}, 'platform', ${SITE}, 'mediaKey', ${SITE} || '.' || ${MEDIA} || '.v720.full.public',
    'height', 720, 'sizeBytes', floor(2e7 * u)::bigint, 'cached', s < 0.45, 'waitedMs', floor(CASE WHEN s < 0.45 THEN 900 ELSE 20000 END * t)::bigint,
    'stageSeconds', CASE WHEN s < 0.45 THEN '{}'::jsonb ELSE jsonb_build_object('inspect', 2 * r, 'fetch', 20 * t, 'transcode', 5 * u, 'upload', s, 'send', 3 * u) END)`,
  download_failed: `jsonb_build_object('source', ${ASKED_BY}, 'platform', ${SITE}, 'stage', (ARRAY['inspect', 'fetch', 'send'])[1 + floor(u * 3)::int],
    'code', (ARRAY['gone', 'private', 'network', 'site_error', 'too_large', 'extractor_broken'])[1 + floor(t * 6)::int])`,
  inline_query: `jsonb_build_object('hasLink', true, 'results', 1)`,
  view_clicked: `jsonb_build_object('kind', 'button_click', 'mediaKey', null, 'button', 'again')`,
  feature_used: `jsonb_build_object('feature', (ARRAY['help', 'quality', 'stats', 'referral', 'cancel'])[1 + floor(u * 5)::int])`,
  limit_reached: `jsonb_build_object('limit', (ARRAY['free', 'minute', 'day', 'active'])[1 + floor(u * 4)::int], 'used', 10, 'allowed', 10, 'policy', null, 'daysSinceFirst', 3)`,
  ad_shown: `jsonb_build_object('campaignId', 1 + floor(u * 4)::int)`,
  ad_clicked: `jsonb_build_object('campaignId', 1 + floor(u * 4)::int)`,
  user_referred: `jsonb_build_object('referredUserId', user_id + 1)`,
  bonus_granted: `jsonb_build_object('referredUserId', user_id + 1, 'amount', 5)`,
  survey_completed: `jsonb_build_object('pmf', (ARRAY['very', 'somewhat', 'not', 'not_applicable'])[1 + floor(u * 4)::int], 'usefulFor', 'video', 'hasWords', false, 'downloads', 10, 'daysSinceFirst', 9)`,
  bot_error: `jsonb_build_object('stage', 'send', 'code', 'internal')`,
}

const EVENTS = (people: number) => `
  INSERT INTO events (event_id, name, at, bot, user_id, ticket, props)
  SELECT 'made' || lpad((n::bigint * 8 + step)::text, 28, '0'), name, at + interval '1 minute' * step, bot, user_id, 'ABC123',
    CASE name ${Object.entries(PROPS)
      .map(([name, sql]) => `WHEN '${name}' THEN ${sql}`)
      .join('\n      ')} END
  FROM (
    SELECT *, CASE step WHEN 1 THEN CASE WHEN n <= ${people} THEN 'bot_start' ELSE 'session_start' END
      WHEN 2 THEN 'link_received' WHEN 3 THEN 'choice_made' WHEN 4 THEN ${END} ELSE ${OTHER} END AS name
    FROM (SELECT v.*, step, random() AS r, random() AS s, random() AS t, random() AS u
      FROM made_visits AS v CROSS JOIN generate_series(1, ${STEPS.length}) AS step) AS dice
  ) AS e`

const INDEXES = [
  'events_name_at ON events (name, at)',
  'events_user_id_at ON events (user_id, at) WHERE user_id IS NOT NULL',
]

const FOLLOWING = [
  `INSERT INTO daily_active (day, bot, user_id)
   SELECT DISTINCT (at AT TIME ZONE '${YEAR.timeZone}')::date, bot, user_id FROM made_visits`,
  `INSERT INTO users (bot, user_id, first_seen_at, last_seen_at, total_downloads, language, first_source, first_campaign, first_start_at)
   SELECT p.bot, p.user_id, e.first_at, e.last_at, e.downloads, p.language, p.source, p.campaign, p.start_at + interval '1 minute'
   FROM made_people AS p JOIN (
     SELECT user_id, min(at) AS first_at, max(at) AS last_at, count(*) FILTER (WHERE name = 'download_completed') AS downloads
     FROM events GROUP BY user_id) AS e USING (user_id)`,
  `INSERT INTO videos (video_id, platform, first_seen_at, total_downloads, last_download_at)
   SELECT video_id, min(split_part(video_id, '.', 1)), min(at), count(*), max(at) FROM (
     SELECT regexp_replace(props ->> 'mediaKey', '(\\.[^.]*){3}$', '') AS video_id, at FROM events WHERE name = 'download_completed') AS d
   GROUP BY video_id`,
  `INSERT INTO ad_campaigns (name, message, button_text, button_url)
   SELECT 'Ad ' || n, 'x', 'x', 'https://example.org' FROM generate_series(1, 4) AS n`,
  'DROP TABLE made_visits, made_people',
]

/** @param say told of every step: it takes minutes */
export async function fillYear(
  url: string,
  { events, seed }: YearOptions,
  say: (line: string) => void,
): Promise<void> {
  const visits = Math.floor(events / STEPS.length)
  const people = Math.ceil(visits / VISITS)
  const client = new Client({ connectionString: url, application_name: 'year-of-events' })
  await client.connect()
  try {
    // Chances in an order that no second process changes; nothing is kept that a loss would matter for.
    await client.query(`SET max_parallel_workers_per_gather = 0; SET synchronous_commit = off; SET maintenance_work_mem = '512MB';
      SET work_mem = '256MB'; SET TimeZone = 'UTC'; SELECT setseed(${(seed % 1000) / 1000})`)
    for (const [n, month] of MONTHS.entries())
      await client.query(`CREATE TABLE IF NOT EXISTS events_${month.slice(0, 7).replace('-', '_')} PARTITION OF events
        FOR VALUES FROM ('${month}Z') TO ('${MONTHS[n + 1] ?? '2026-12-01'}Z')`)
    say(`${people} people, ${visits} visits`)
    await client.query(PEOPLE(people))
    await client.query(DONE(people, visits))
    // An index over all is built faster than it grows.
    for (const index of INDEXES) await client.query(`DROP INDEX ${index.split(' ')[0]}`)
    say(`${visits * STEPS.length} events`)
    await client.query(EVENTS(people))
    for (const index of INDEXES) await client.query(`CREATE INDEX ${index}`)
    say('what follows from them')
    for (const statement of FOLLOWING) await client.query(statement)
    await client.query('VACUUM (ANALYZE)')
  } finally {
    await client.end()
  }
}

if (import.meta.main)
  runMain(async () => {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { events: { type: 'string', default: '10000000' }, seed: { type: 'string', default: '7' } },
    })
    const [url] = positionals
    if (url === undefined) throw new Error('year-of-events <postgres url> [--events 10000000] [--seed 7]')
    await fillYear(url, { events: Number(values.events), seed: Number(values.seed) }, (line) =>
      console.error(line),
    )
  })
