import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { testDatabase } from '../../playground/testing/services.ts'
import { migrate } from './migrate.ts'
import { ensurePartitions } from './partitions.ts'
import { createPool, type Pool } from './pool.ts'

let url: string
let db: Pool

beforeAll(async () => {
  url = (await testDatabase()).url
  await migrate(url)
  db = createPool(url)
})
afterAll(() => db?.end())
beforeEach(async () => {
  for (const table of ['events', 'downloads'])
    for (const name of await partitionsOf(table))
      await db.query(name.endsWith('_default') ? `TRUNCATE ${name}` : `DROP TABLE ${name}`)
})

async function partitionsOf(table = 'events'): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(
    'SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1',
    [table],
  )
  return rows.map(({ name }) => name)
}

const insert = (at: string, id = at) =>
  db.query("INSERT INTO events (event_id, name, at, bot) VALUES ($1, 'feature_used', $2, 'b')", [id, at])

/** Where each event lies. */
async function places(): Promise<Record<string, string>> {
  const { rows } = await db.query<{ id: string; place: string }>(
    'SELECT event_id AS id, tableoid::regclass::text AS place FROM events',
  )
  return Object.fromEntries(rows.map(({ id, place }) => [id, place]))
}

test('at the last moment of a year the next months are there, in both tables, with every index', async () => {
  await ensurePartitions(db, { monthsAhead: 3, nowMs: Date.parse('2026-12-31T23:59:59.999Z') })
  const names = ['2026_12', '2027_01', '2027_02', '2027_03', 'default']
  expect(await partitionsOf()).toEqual(names.map((name) => `events_${name}`))
  expect(await partitionsOf('downloads')).toEqual(names.map((name) => `downloads_${name}`))
  await insert('2026-12-31T23:59:59.999Z')
  await insert('2027-01-01T00:00:00Z')
  expect(Object.values(await places())).toEqual(['events_2026_12', 'events_2027_01'])
  const { rows } = await db.query(
    "SELECT count(*) AS n, tablename FROM pg_indexes WHERE tablename IN ('events_2027_03', 'events') GROUP BY 2",
  )
  expect(rows[0]?.n).toBe(rows[1]?.n)
})

test('a leap day has its place', async () => {
  await ensurePartitions(db, { monthsAhead: 1, nowMs: Date.parse('2028-01-31T12:00:00Z') })
  await insert('2028-02-29T23:59:59Z')
  expect(Object.values(await places())).toEqual(['events_2028_02'])
})

test('months are of UTC, whatever the time zone of the session and its summer time', async () => {
  const abroad = createPool(
    Object.assign(new URL(url), { search: '?options=-c%20TimeZone%3DAmerica/New_York' }).href,
  )
  try {
    await expect(abroad.query('SHOW TimeZone')).resolves.toMatchObject({
      rows: [{ TimeZone: 'America/New_York' }],
    })
    // Their clocks go forward on 14 March 2027, and back on 7 November.
    await insert('2027-03-01T02:00:00Z', 'march')
    await ensurePartitions(abroad, { monthsAhead: 8, nowMs: Date.parse('2027-03-14T07:00:00Z') })
    await insert('2027-11-01T00:00:00Z', 'november')
    await insert('2027-10-31T23:59:59Z', 'october')
  } finally {
    await abroad.end()
  }
  expect(await places()).toEqual({
    march: 'events_2027_03',
    october: 'events_2027_10',
    november: 'events_2027_11',
  })
})

test('thirteen months in one run, and nothing to do in the next', async () => {
  const options = { monthsAhead: 12, nowMs: Date.parse('2026-11-21T00:00:00Z') }
  expect((await ensurePartitions(db, options)).made).toHaveLength(2 * 13)
  expect(await ensurePartitions(db, options)).toEqual({ made: [], dropped: [], moved: 0, left: 0 })
})

test('many at once: each month is made once', async () => {
  const nowMs = Date.parse('2026-11-21T00:00:00Z')
  const pools = Array.from({ length: 4 }, () => createPool(url))
  try {
    const done = await Promise.all(pools.map((pool) => ensurePartitions(pool, { monthsAhead: 5, nowMs })))
    const made = done.flatMap((one) => one.made)
    expect(made.toSorted()).toEqual([...new Set(made)].sort())
    expect(made).toHaveLength(12)
  } finally {
    await Promise.all(pools.map((pool) => pool.end()))
  }
})

test('after months without a run, the gap is filled, and what fell into it is moved to its month', async () => {
  await ensurePartitions(db, { monthsAhead: 0, nowMs: Date.parse('2026-05-10T00:00:00Z') })
  await insert('2026-08-01T00:00:00Z', 'august')
  await insert('2026-08-31T23:59:59.999Z', 'late august')
  await insert('2099-01-01T00:00:00Z', 'a wrong clock')
  const done = await ensurePartitions(db, { monthsAhead: 1, nowMs: Date.parse('2026-10-02T00:00:00Z') })
  expect(done).toMatchObject({ moved: 2, left: 1 })
  expect(await places()).toEqual({
    august: 'events_2026_08',
    'late august': 'events_2026_08',
    'a wrong clock': 'events_default',
  })
  expect(await partitionsOf()).toEqual(
    ['05', '06', '07', '08', '09', '10', '11']
      .map((month) => `events_2026_${month}`)
      .concat('events_default'),
  )
})

test('events that are written while their month is made are all there, once', async () => {
  const ids = Array.from({ length: 200 }, (_, n) => `e${n}`)
  const nowMs = Date.parse('2026-11-21T00:00:00Z')
  const write = async (id: string) => {
    // As workers/analytics does it: what is refused by a partition that came in between is written again.
    await insert('2026-11-05T00:00:00Z', id).catch(() => insert('2026-11-05T00:00:00Z', id))
  }
  const writing = Promise.all(ids.map(write))
  await ensurePartitions(db, { monthsAhead: 1, nowMs })
  await writing
  await ensurePartitions(db, { monthsAhead: 1, nowMs })
  const found = await places()
  expect(Object.keys(found).sort()).toEqual(ids.toSorted())
  expect([...new Set(Object.values(found))]).toEqual(['events_2026_11'])
})

test('what is older than we keep goes, partition or not; the month that is still kept stays', async () => {
  await ensurePartitions(db, { monthsAhead: 13, nowMs: Date.parse('2025-10-10T00:00:00Z') })
  await insert('2025-10-31T00:00:00Z', 'too old')
  await insert('2025-11-01T00:00:00Z', 'a year old')
  await insert('2001-01-01T00:00:00Z', 'of the last century')
  const done = await ensurePartitions(db, {
    ...{ monthsAhead: 0, keepMonths: 12, nowMs: Date.parse('2026-11-30T00:00:00Z') },
  })
  expect(done.dropped).toEqual(['events_2025_10', 'downloads_2025_10'])
  expect(await places()).toEqual({ 'a year old': 'events_2025_11' })
})

test('presses and shown ads are kept as long as events are', async () => {
  const [older, kept] = ['2025-10-31T23:59:59Z', '2025-11-01T00:00:00Z']
  await db.query(
    `INSERT INTO click_events (id, bot, user_id, event_type, created_at)
     SELECT at, 'b', 1, 'button_click', at::timestamptz FROM unnest($1::text[]) AS at`,
    [[older, kept]],
  )
  await db.query(
    `INSERT INTO ad_impressions (id, bot, user_id, campaign_id, created_at)
     SELECT at, 'b', 1, 1, at::timestamptz FROM unnest($1::text[]) AS at`,
    [[older, kept]],
  )
  const ids = async () => {
    const { rows } = await db.query('SELECT id FROM click_events UNION ALL SELECT id FROM ad_impressions')
    return rows.map(({ id }) => id)
  }
  await ensurePartitions(db, { monthsAhead: 0, nowMs: Date.parse('2026-11-30T00:00:00Z') })
  expect(await ids()).toHaveLength(4)
  await ensurePartitions(db, { monthsAhead: 0, keepMonths: 12, nowMs: Date.parse('2026-11-30T00:00:00Z') })
  expect(await ids()).toEqual([kept, kept])
})

test('a query about some days looks into no other month', async () => {
  await ensurePartitions(db, { monthsAhead: 6, nowMs: Date.parse('2026-11-21T00:00:00Z') })
  const { rows } = await db.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN SELECT count(*) FROM events WHERE name = 'feature_used' AND at >= '2026-12-05Z' AND at < '2026-12-12Z'`,
  )
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  expect(plan).toContain('events_2026_12')
  expect(plan).not.toMatch(/events_(2026_11|2027|default)/)
})
