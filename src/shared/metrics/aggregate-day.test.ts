import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { AnalyticsEvent } from '../../../queues/event.ts'
import { eventRow } from '../../../workers/analytics/event-row.ts'
import { writeEvents } from '../../../workers/analytics/write-events.ts'
import { testDatabase } from '../../playground/testing/services.ts'
import { migrate } from '../db/migrate.ts'
import { createPool, type Pool } from '../db/pool.ts'
import { aggregateDay, EventsGoneError } from './aggregate-day.ts'
import { addDays, dayIn, daysFrom } from './days.ts'
import { daysToMake } from './days-to-make.ts'
import { makeNumbers } from './make-numbers.ts'
import { readMetric } from './read-metric.ts'
import { history } from './testing/histories.ts'

const COMMAND = fileURLToPath(new URL('rerun-day.ts', import.meta.url))
const ZONE = 'Europe/Moscow'
const NOON = (day: string) => Date.parse(`${day}T12:00:00+03:00`)
const FIRST = '2026-10-25'
const LAST = '2026-11-10'
const TABLES = [
  ...[
    'daily_stats',
    'daily_retention',
    'weekly_cohorts',
    'daily_funnel',
    'daily_inline_funnel',
    'daily_counts',
  ],
  ...[
    'daily_languages',
    'daily_downloads',
    'daily_failures',
    'daily_hours',
    'daily_stage_seconds',
    'daily_media',
  ],
  ...['monthly_media', 'daily_active'],
]

let db: Pool
let url: string
const write = (events: readonly object[]) =>
  writeEvents(
    db,
    ZONE,
    events.map((event) => AnalyticsEvent.parse(event)).map((event) => eventRow(event, `bot${event.botId}`)),
    [],
  )
const days = daysFrom(FIRST, LAST)
const events = history({
  ...{ seed: 5, people: 25, days: days.length, botIds: [1, 2] as [number, number] },
  startMs: Date.parse(`${FIRST}T00:00:00+03:00`),
  midnightsMs: days.map((day) => Date.parse(`${day}T00:00:00+03:00`)),
}).filter(({ atMs }) => dayIn(ZONE, atMs) <= LAST)
/** Everything that was made, whatever the order of its rows. */
async function numbers(): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {}
  for (const table of TABLES) {
    const { rows } = await db.query<{ row: string }>(`SELECT to_jsonb(t)::text AS row FROM ${table} AS t`)
    all[table] = rows.map(({ row }) => row).sort()
  }
  return all
}
const make = (nowMs = NOON(addDays(LAST, 1))) => makeNumbers(db, { timeZone: ZONE, nowMs })
const visit = (id: string, day: string, userId = 1) => ({
  ...{ id, name: 'inline_query', atMs: NOON(day), botId: 1, userId, hasLink: true, results: 1 },
})

beforeAll(async () => {
  url = (await testDatabase()).url
  await migrate(url)
  db = createPool(url)
})
afterAll(() => db?.end())
beforeEach(async () => {
  await db.query(`TRUNCATE events, downloads, users, videos, referrals, bonus_ledger, click_events, ad_impressions,
    aggregated_days, ${TABLES.join(', ')}`)
})

test('any day again, in any order and many at once: the same numbers', async () => {
  await write(events)
  await make()
  const once = await numbers()
  for (const table of TABLES) expect(once[table]?.length, table).toBeGreaterThan(0)
  for (const day of days.toReversed()) await aggregateDay(db, day, { timeZone: ZONE })
  expect(await numbers()).toEqual(once)
  const [first = FIRST, second = FIRST] = days.slice(8)
  await Promise.all([first, second, first].map((day) => aggregateDay(db, day, { timeZone: ZONE })))
  expect(await numbers()).toEqual(once)
})

test('made day by day as the events came, or all at once in the end: the same numbers', async () => {
  const sorted = events.toSorted((a, b) => a.atMs - b.atMs)
  for (const day of days) {
    await write(sorted.filter(({ atMs }) => atMs >= NOON(addDays(day, -1)) && atMs < NOON(day)))
    await make(NOON(day))
  }
  await write(sorted.filter(({ atMs }) => atMs >= NOON(LAST)))
  await make()
  const asTheyCame = await numbers()
  await db.query('TRUNCATE aggregated_days')
  await make()
  const inTheEnd = await numbers()
  // People are counted under the language that they have now.
  for (const table of TABLES.filter((name) => name !== 'daily_languages'))
    expect(asTheyCame[table], table).toEqual(inTheEnd[table])
})

test('what is made again: today, what was not over, and from a day whose events changed on', async () => {
  const today = '2026-11-10'
  const toMake = () => daysToMake(db, ZONE, NOON(today))
  await write([visit('a', '2026-11-05')])
  expect(await toMake()).toEqual(daysFrom('2026-11-05', today))
  await make(NOON('2026-11-09'))
  // PostgreSQL's clock says of these days that they are not over; the test's says they are.
  await db.query("UPDATE aggregated_days SET was_over = day < '2026-11-09'")
  expect(await toMake()).toEqual(['2026-11-09', '2026-11-10'])
  await db.query("UPDATE aggregated_days SET was_over = true WHERE day < '2026-11-10'")
  expect(await toMake()).toEqual(['2026-11-10'])
  await write([visit('late', '2026-11-07')])
  expect(await toMake()).toEqual(daysFrom('2026-11-07', today))
  // Whoever stops here has left the later days as they were.
  await aggregateDay(db, '2026-11-07', { timeZone: ZONE })
  expect(await toMake()).toEqual(daysFrom('2026-11-08', today))
  // Longer ago than anybody looks by himself: whoever brings such events runs the command.
  await write([visit('very late', '2026-09-01')])
  expect(await toMake()).toEqual(daysFrom('2026-09-01', today))
  await db.query('DELETE FROM events')
  await db.query("UPDATE aggregated_days SET time_zone = 'UTC' WHERE day = '2026-11-08'")
  expect((await toMake()).at(0)).toBe('2026-09-01')
})

test('top media: of a long range only the most frequent of a day take part', async () => {
  const day = '2026-11-05'
  const file = (id: number, media: number) => ({
    ...{
      id: `file-${id}`,
      name: 'download_completed',
      atMs: NOON(day),
      botId: 1,
      userId: 1,
      ticket: 'ABC123',
    },
    ...{ source: 'message', platform: 'youtube', mediaKey: `youtube.m${media}.v720.full.public` },
    ...{ height: 720, sizeBytes: 1000, cached: false, waitedMs: 1000 },
  })
  // The last one once, fifty before it twice.
  await write(Array.from({ length: 101 }, (_, id) => file(id, Math.floor(id / 2))))
  await make()
  const found = async (from: string) => {
    const query = { from, to: day, today: LAST, bot: null, source: null, platform: null, limit: 100 }
    return await readMetric(db, 'top-media', query)
  }
  expect(await found('2026-10-06')).toHaveLength(51)
  const frequent = await found('2026-10-05')
  expect(frequent).toHaveLength(50)
  expect(frequent.every(({ downloads }) => downloads === 2)).toBe(true)
})

test('a day whose events were dropped keeps its numbers', async () => {
  await db.query(
    `CREATE TABLE events_2026_09 PARTITION OF events FOR VALUES FROM ('2026-09-01Z') TO ('2026-10-01Z')`,
  )
  await db.query(
    `CREATE TABLE events_2026_10 PARTITION OF events FOR VALUES FROM ('2026-10-01Z') TO ('2026-11-01Z')`,
  )
  await write([visit('a', '2026-09-30'), visit('b', '2026-10-01'), visit('c', '2026-10-02')])
  await make(NOON('2026-10-03'))
  await db.query('DROP TABLE events_2026_09')
  const before = await numbers()
  await expect(aggregateDay(db, '2026-09-30', { timeZone: ZONE })).rejects.toThrow(EventsGoneError)
  // In Moscow the first hours of that day belong to September of UTC.
  await expect(aggregateDay(db, '2026-10-01', { timeZone: ZONE })).rejects.toThrow(EventsGoneError)
  await aggregateDay(db, '2026-10-02', { timeZone: ZONE })
  expect(await numbers()).toEqual(before)
  await db.query('DROP TABLE events_2026_10')
})

test('what other bots write does not break a day', async () => {
  const odd = {
    bot_name: 'other',
    event_type: 'download_completed',
    created_at: '2026-11-05T10:00:00Z',
    telegram_id: 5,
  }
  for (const data of [
    { cached: 'yes', sizeBytes: 'many', waitedMs: null, stageSeconds: [1, 2] },
    { mediaKey: 7, platform: ['x'], sizeBytes: 1e300, stageSeconds: { fetch: 'long', send: -1 } },
  ])
    await db.query(
      'INSERT INTO shared.analytics_events (bot_name, event_type, created_at, telegram_id, event_data) VALUES ($1, $2, $3, $4, $5)',
      [odd.bot_name, odd.event_type, odd.created_at, odd.telegram_id, JSON.stringify(data)],
    )
  await db.query(
    `INSERT INTO shared.analytics_events (bot_name, event_type, created_at) VALUES ('other', 'link_received', '2026-11-05T10:00:00Z')`,
  )
  await aggregateDay(db, '2026-11-05', { timeZone: ZONE })
  const { rows } = await db.query(
    "SELECT downloads FROM daily_stats WHERE bot = 'other' AND source = 'organic'",
  )
  expect(rows).toEqual([{ downloads: '2' }])
})

test('the command makes days again, and says what it takes', async () => {
  await write([visit('a', '2026-11-05'), visit('b', '2026-11-06')])
  const run = (...args: string[]) =>
    execa(process.execPath, [COMMAND, ...args], {
      env: { DATABASE_URL: url, REPORT_TZ: ZONE },
      extendEnv: false,
      all: true,
      reject: false,
    })
  expect((await run('2026-11-05', '2026-11-06')).exitCode).toBe(0)
  const { rows } = await db.query("SELECT sum(dau) AS dau FROM daily_stats WHERE bot = '*' AND source = '*'")
  expect(rows).toEqual([{ dau: '2' }])
  for (const args of [[], ['2026-11-06', '2026-11-05'], ['2026-02-30'], ['2999-01-01']]) {
    const { exitCode, all } = await run(...args)
    expect([exitCode, all]).toEqual([1, expect.stringContaining('rerun-day <from>')])
  }
})
