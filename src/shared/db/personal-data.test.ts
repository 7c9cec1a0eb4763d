import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { AnalyticsEvent } from '../../../queues/event.ts'
import { eventRow } from '../../../workers/analytics/event-row.ts'
import { someEvents } from '../../../workers/analytics/testing/some-events.ts'
import { writeEvents } from '../../../workers/analytics/write-events.ts'
import { createRandom } from '../../playground/chaos/random.ts'
import { testDatabase } from '../../playground/testing/services.ts'
import { migrate } from './migrate.ts'
import { ensurePartitions } from './partitions.ts'
import { exportPerson, forgetPerson } from './personal-data.ts'
import { createPool, type Pool } from './pool.ts'

const BOTS: Record<number, string> = { 7: 'clipferry_bot', 8: 'other_bot' }
const ALICE = 424_242_424_242
const BOB = 5_555_555_555
const CAROL = 6_666_666_666
const alice = { bot: 'clipferry_bot', userId: ALICE }
const NOON = Date.UTC(2026, 10, 21, 12)
const MONTH_MS = 31 * 24 * 3600_000

let db: Pool

beforeAll(async () => {
  const { url } = await testDatabase()
  await migrate(url)
  db = createPool(url)
  await ensurePartitions(db, { monthsAhead: 0, nowMs: NOON })
})
afterAll(() => db?.end())
beforeEach(async () => {
  await db.query(`TRUNCATE events, downloads, users, shared.users, videos, daily_active, referrals, bonus_ledger,
    click_events, ad_impressions, ab_test_assignments, ab_tests, survey_answers CASCADE`)
  await db.query(`WITH test AS (INSERT INTO ab_tests (name, subject, goal) VALUES ('limit', 'free_downloads', 'x') RETURNING id)
    INSERT INTO ab_test_variants (test_id, variant_name, traffic_percentage)
    SELECT id, unnest(ARRAY['ten', 'fifteen', 'gone']), 30 FROM test`)
})

const write = (events: AnalyticsEvent[], codes: { bot: string; user_id: number; code: string }[] = []) =>
  writeEvents(
    db,
    'Europe/Moscow',
    events.map((event) => eventRow(event, BOTS[event.botId] ?? '')),
    codes,
  )

/** A person who has done everything, over months with and without a partition; and who brought and was brought. */
async function everythingOf(userId: number, botId: number, seed: number): Promise<void> {
  const chance = createRandom(seed)
  const fromMs = NOON - 3 * MONTH_MS
  const events = someEvents({ chance, count: 400, people: 1, botIds: [botId], fromMs, days: 100 })
  const own = events.map((event, n) => ({
    ...event,
    id: `${seed}-${n}`,
    ...(event.userId ? { userId } : {}),
  }))
  await write(own, [{ bot: BOTS[botId] ?? '', user_id: userId, code: `code${seed}` }])
  await db.query("INSERT INTO survey_answers VALUES ($1, $2, $3, 'very', 'video', 'my own words')", [
    ...[BOTS[botId], userId, new Date(NOON)],
  ])
}

/** Every table and every cell that holds the number of that person, wherever it stands. */
async function tracesOf(userId: number): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname IN ('public', 'shared')`,
  )
  const found: string[] = []
  for (const { name } of rows) {
    const answer = await db.query(`SELECT count(*)::int AS n FROM ${name} AS t WHERE t::text LIKE $1`, [
      `%${userId}%`,
    ])
    if (answer.rows[0]?.n > 0) found.push(`${name}: ${answer.rows[0]?.n}`)
  }
  return found
}

const bringing = { atMs: NOON, botId: 7 }
const brought: AnalyticsEvent[] = [
  { ...bringing, id: 'r1', name: 'user_referred', userId: BOB, referredUserId: ALICE },
  { ...bringing, id: 'b1', name: 'bonus_granted', userId: BOB, referredUserId: ALICE, amount: 5 },
  { ...bringing, id: 'r2', name: 'user_referred', userId: ALICE, referredUserId: CAROL },
  {
    ...{ ...bringing, id: 's2', name: 'bot_start', userId: CAROL, source: 'referral', campaign: null },
    ...{ referrerId: ALICE, isNew: true, language: 'en' },
  },
]

test('who is forgotten leaves no trace in any table or partition; others lose nothing but the name', async () => {
  await everythingOf(ALICE, 7, 1)
  await everythingOf(BOB, 7, 2)
  await write(brought)
  const before = await db.query('SELECT count(*)::int AS n, sum(total_downloads)::int AS sum FROM videos')
  const other = await exportPerson(db, { bot: 'clipferry_bot', userId: BOB })
  expect((await tracesOf(ALICE)).length).toBeGreaterThan(10)

  await forgetPerson(db, alice)
  expect(await tracesOf(ALICE)).toEqual([])
  // The sums of media, and what others have.
  await expect(
    db.query('SELECT count(*)::int AS n, sum(total_downloads)::int AS sum FROM videos'),
  ).resolves.toMatchObject({ rows: before.rows })
  expect(await exportPerson(db, { bot: 'clipferry_bot', userId: BOB })).toEqual(other)
  const { rows } = await db.query(
    'SELECT referrer_id::float8 AS by, referred_user_id < 0 AS nobody FROM referrals WHERE created_at = $1 ORDER BY 1',
    [new Date(NOON)],
  )
  expect(rows).toEqual([
    { by: 0, nobody: false },
    { by: BOB, nobody: true },
  ])
  // Again, for nothing.
  await forgetPerson(db, alice)
})

test('who uses another bot too is forgotten by one of them', async () => {
  await everythingOf(ALICE, 7, 3)
  await everythingOf(ALICE, 8, 4)
  const kept = await exportPerson(db, { bot: 'other_bot', userId: ALICE })
  await forgetPerson(db, alice)
  expect(await exportPerson(db, { bot: 'other_bot', userId: ALICE })).toEqual(kept)
  const gone = await exportPerson(db, alice)
  expect(
    Object.entries(gone).filter(
      ([name, rows]) => Array.isArray(rows) && rows.length > 0 && name !== 'shared_profile',
    ),
  ).toEqual([])
})

test('what had been on its way goes later; what came since is the person anew', async () => {
  await everythingOf(ALICE, 7, 5)
  const back: AnalyticsEvent = {
    ...{ id: 'back', name: 'bot_start', atMs: NOON + MONTH_MS, botId: 7, userId: ALICE },
    ...{ source: 'campaign', campaign: 'winter', referrerId: null, isNew: true, language: 'de' },
  }
  await write([back])
  await forgetPerson(db, { ...alice, beforeMs: NOON + MONTH_MS - 1 })
  const { profile, events, downloads, clicks, survey } = await exportPerson(db, alice)
  expect(events).toMatchObject([{ event_id: 'back' }])
  expect([downloads, clicks, survey]).toEqual([[], [], []])
  expect(profile).toMatchObject([
    {
      ...{ total_downloads: '0', first_source: 'campaign', first_campaign: 'winter', language: 'de' },
      ...{ first_seen_at: new Date(back.atMs), referral_code: null, was_referred: false },
    },
  ])
  expect(await tracesOf(ALICE)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^shared.users/), expect.stringMatching(/^users/)]),
  )
})

test('the export is whole, can be written as JSON, and names no other person', async () => {
  await everythingOf(ALICE, 7, 6)
  await write(brought)
  const data = await exportPerson(db, alice)
  const count = async (table: string) => {
    const { rows } = await db.query(
      `SELECT count(*)::int AS n FROM ${table} WHERE bot = $1 AND user_id = $2`,
      [...[alice.bot, ALICE]],
    )
    return rows[0]?.n
  }
  expect(data.events).toHaveLength(await count('events'))
  expect(data.downloads).toHaveLength(await count('downloads'))
  expect(data.active_days).toHaveLength(await count('daily_active'))
  expect(data.ads).toHaveLength(await count('ad_impressions'))
  expect(data.experiments).toHaveLength(await count('ab_test_assignments'))
  expect(data.clicks).toHaveLength(await count('click_events'))
  expect(data.profile).toMatchObject([{ referral_code: 'code6', was_referred: true }])
  expect(data.survey).toMatchObject([{ words: 'my own words' }])
  for (const rows of Object.values(data)) if (Array.isArray(rows)) expect(rows.length).toBeGreaterThan(0)
  const text = JSON.stringify(data)
  // Not as it is, which would print it all.
  for (const other of ['referredUserId', 'referrerId', String(BOB), String(CAROL)])
    expect(text.includes(other), other).toBe(false)
})
