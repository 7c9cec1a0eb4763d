import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { AnalyticsEvent } from '../../queues/event.ts'
import { keysFor } from '../../queues/keys.ts'
import { createRandom } from '../../src/playground/chaos/random.ts'
import { testDatabase, testRedis } from '../../src/playground/testing/services.ts'
import { migrate } from '../../src/shared/db/migrate.ts'
import { createPool, type Pool } from '../../src/shared/db/pool.ts'
import { createLogger } from '../../src/shared/logger.ts'
import { testContext } from '../test-context.ts'
import { createHandler } from './handler.ts'
import { naiveStore } from './testing/naive-store.ts'
import { readStore } from './testing/read-store.ts'
import { someEvents } from './testing/some-events.ts'

const TIME_ZONE = 'Europe/Moscow'
const BOTS: Record<number, string> = { 7: 'clipferry_bot', 8: 'other_bot' }
const nameOf = (botId: number) => BOTS[botId] ?? String(botId)
const log = createLogger('silent', 'test')

let db: Pool
let newWriter: () => (events: AnalyticsEvent[]) => Promise<number>
let setPerson: (userId: number, code: string) => Promise<unknown>

beforeAll(async () => {
  const { url } = await testDatabase()
  await migrate(url)
  db = createPool(url)
  const { redis, prefix } = await testRedis()
  const keys = keysFor(prefix)
  await redis.hset(keys.botNames, BOTS)
  setPerson = (userId, code) => redis.hset(keys.person(7, userId), 'code', code)
  newWriter = () => {
    const migrated = async () => undefined
    const handler = createHandler({ redis, keys, db, migrated, timeZone: TIME_ZONE, log })
    return async (events) => (await handler({ data: { events }, input: null }, testContext())).inserted
  }
})
afterAll(() => db?.end())
beforeEach(async () => {
  await db.query(`TRUNCATE events, downloads, users, shared.users, videos, daily_active, referrals, bonus_ledger,
    click_events, ad_impressions, ab_test_assignments, ab_tests CASCADE`)
})

const at = { atMs: Date.UTC(2026, 10, 21, 12), botId: 7, userId: 1 }
const started = (
  id: string,
  atMs: number,
  more: Partial<Extract<AnalyticsEvent, { name: 'bot_start' }>> = {},
): AnalyticsEvent => ({
  ...{ ...at, id, atMs, name: 'bot_start', source: 'organic', campaign: null, referrerId: null },
  ...{ isNew: true, language: 'en', ...more },
})

test.each([1, 2, 3])('tables equal what a naive look at all events says (seed %i)', async (seed) => {
  await db.query(`WITH test AS (INSERT INTO ab_tests (name, subject, goal) VALUES ('limit', 'free_downloads', 'x') RETURNING id)
    INSERT INTO ab_test_variants (test_id, variant_name, traffic_percentage)
    SELECT id, unnest(ARRAY['ten', 'fifteen']), 50 FROM test`)
  const random = createRandom(seed)
  const events = someEvents({
    ...{ chance: random, count: 1500, people: 60, botIds: [7, 8, 9] },
    // Over the beginning of a year and a month that has no partition.
    ...{ fromMs: Date.UTC(2026, 11, 15), days: 30 },
  })
  // In any order, some of them twice, in jobs of all sizes, from two processes at once.
  const told = random.shuffled([...events, ...events.filter(() => random.chance(0.3))])
  const writers = [newWriter(), newWriter()]
  const jobs: Promise<number>[] = []
  while (told.length > 0) jobs.push(random.pick(writers)(told.splice(0, random.between(1, 60))))
  const inserted = (await Promise.all(jobs)).reduce((sum, n) => sum + n, 0)
  expect(inserted).toBe(events.length)
  const variants = ['limit:ten', 'limit:fifteen']
  expect(await readStore(db)).toEqual(naiveStore(events, { nameOf, timeZone: TIME_ZONE, variants }))
})

test('where a person first came from is of the earliest start, whichever is written first', async () => {
  const write = newWriter()
  const first = started('a', at.atMs, { source: 'campaign', campaign: 'summer' })
  const second = started('b', at.atMs + 1000, { source: 'referral', language: 'ru' })
  for (const order of [
    [first, second],
    [second, first],
  ]) {
    await db.query('TRUNCATE events, users')
    for (const event of order) await write([event])
    const { rows } = await db.query(
      'SELECT first_source, first_campaign, first_start_at, language FROM users',
    )
    expect(rows).toEqual([
      {
        first_source: 'campaign',
        first_campaign: 'summer',
        first_start_at: new Date(at.atMs),
        language: 'ru',
      },
    ])
  }
})

test('a click that comes before its ad is an impression that was clicked, once', async () => {
  const write = newWriter()
  const ad = { ...at, ticket: 'ABC234', campaignId: 5 }
  await write([{ ...ad, id: 'click', name: 'ad_clicked', atMs: at.atMs + 5000 }])
  await write([{ ...ad, id: 'shown', name: 'ad_shown' }])
  const { rows } = await db.query('SELECT campaign_id, clicked, clicked_at, created_at FROM ad_impressions')
  const clickedAt = new Date(at.atMs + 5000)
  expect(rows).toEqual([
    { campaign_id: '5', clicked: true, clicked_at: clickedAt, created_at: new Date(at.atMs) },
  ])
})

test('days are of the time zone of reports', async () => {
  await newWriter()([started('a', Date.UTC(2026, 10, 20, 20, 59)), started('b', Date.UTC(2026, 10, 20, 21))])
  const { rows } = await db.query('SELECT day::text FROM daily_active ORDER BY day')
  expect(rows).toEqual([{ day: '2026-11-20' }, { day: '2026-11-21' }])
})

test('a code is known once a person has asked for it; one that is taken does not hold up the event', async () => {
  const write = newWriter()
  await setPerson(1, 'abc')
  await setPerson(2, 'abc')
  const asked = (id: string, userId: number): AnalyticsEvent => ({
    ...{ ...at, id, userId, name: 'feature_used', feature: 'referral' },
  })
  await write([asked('a', 1)])
  await write([asked('b', 2)])
  const { rows } = await db.query('SELECT user_id, referral_code FROM users ORDER BY user_id')
  expect(rows).toEqual([
    { user_id: '1', referral_code: 'abc' },
    { user_id: '2', referral_code: null },
  ])
})

test('who would bring themselves is refused, alone', async () => {
  const write = newWriter()
  const bad: AnalyticsEvent = { ...at, id: 'bad', name: 'user_referred', referredUserId: at.userId }
  const [refused, taken] = await Promise.allSettled([write([bad]), write([started('good', at.atMs)])])
  expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'input_missing' } })
  expect(taken).toMatchObject({ status: 'fulfilled', value: 1 })
})

test('another bot writes into the shared schema, and is seen there beside ours', async () => {
  await newWriter()([started('a', at.atMs)])
  await db.query(`INSERT INTO shared.analytics_events (telegram_id, bot_name, event_type, event_data)
    VALUES (5, 'Picture Bot', 'user_start', '{"a": 1}')`)
  const { rows } = await db.query(
    'SELECT telegram_id, bot_name, event_type FROM shared.analytics_events ORDER BY telegram_id',
  )
  expect(rows).toEqual([
    { telegram_id: '1', bot_name: 'clipferry_bot', event_type: 'bot_start' },
    { telegram_id: '5', bot_name: 'Picture Bot', event_type: 'user_start' },
  ])
})
