import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { AnalyticsEvent } from '../../queues/event.ts'
import { createState } from '../../queues/state.ts'
import { testDatabase, testRedis } from '../../src/playground/testing/services.ts'
import { createMigration } from '../../src/shared/db/keep-migrated.ts'
import { createPool } from '../../src/shared/db/pool.ts'
import { createLogger } from '../../src/shared/logger.ts'
import { keepOffers } from './offers.ts'

const BOT = 4242
const { redis, prefix } = await testRedis()
const state = createState(redis, prefix)
const { keys, ads, experiments, surveys, queues } = state
const { url } = await testDatabase()
const db = createPool(url)
const logged: string[] = []
const log = createLogger('info', 'test', { write: (line) => void logged.push(line) })
const migrated = createMigration(url, db, log)
const run = (given: Partial<Parameters<typeof keepOffers>[0]> = {}) =>
  keepOffers({ ...state, db, migrated, ...given }, log)

beforeAll(async () => {
  await migrated()
  await redis.hset(keys.botNames, BOT, 'clipferry_bot')
})
beforeEach(async () => {
  logged.length = 0
  await db.query('TRUNCATE ad_campaigns, ab_tests, ab_test_variants, survey_answers RESTART IDENTITY CASCADE')
})
afterAll(() => Promise.all([queues.close(), db.end()]))

const campaign = (name: string, buttonUrl: string, isActive = true, weight = 1) =>
  db.query(
    `INSERT INTO ad_campaigns (name, message, button_text, button_url, is_active, weight)
     VALUES ($1, 'A word', 'Look', $2, $3, $4)`,
    [name, buttonUrl, isActive, weight],
  )

test('the ads that run come to Redis, those that may not be shown do not', async () => {
  await campaign('one', 'https://example.com/', true, 3)
  await campaign('ended', 'https://example.com/', false)
  await campaign('hostile', 'javascript:alert(1)')
  expect(await run()).toBe(1)
  expect(await ads.running()).toEqual([
    { id: 1, message: 'A word', buttonText: 'Look', buttonUrl: 'https://example.com/', weight: 3 },
  ])
  expect(logged.join()).toContain('"fields":["buttonUrl"]')
  expect(logged.join()).not.toContain('javascript')
  await db.query('UPDATE ad_campaigns SET is_active = false')
  await run()
  expect(await ads.running()).toEqual([])
})

test('tests run between their dates, in the order of their start', async () => {
  const add = async (name: string, start: string | null, end: string | null, isActive = true) => {
    const { rows } = await db.query(
      `INSERT INTO ab_tests (name, subject, goal, is_active, start_date, end_date)
       VALUES ($1, 'free_downloads', 'download_completed', $2, now() + $3::interval, now() + $4::interval) RETURNING id`,
      [name, isActive, start, end],
    )
    await db.query(
      `INSERT INTO ab_test_variants (test_id, variant_name, variant_config, traffic_percentage)
       VALUES ($1, 'ten', '{"free": 10}', 50), ($1, 'fifteen', '{"free": 15}', 49.5)`,
      [rows[0].id],
    )
  }
  await add('second', '-1 hour', null)
  await add('first', '-2 hours', '1 hour')
  await add('to come', '1 hour', null)
  await add('over', '-2 hours', '-1 hour')
  await add('stopped', '-2 hours', null, false)
  await run()
  expect(await experiments.running()).toEqual(
    ['first', 'second'].map((name) => ({
      ...{ subject: 'free_downloads', name },
      variants: [
        { name: 'ten', share: 50, config: { free: 10 } },
        { name: 'fifteen', share: 49.5, config: { free: 15 } },
      ],
    })),
  )
})

test('while PostgreSQL is away, what is in Redis stays', async () => {
  await campaign('one', 'https://example.com/')
  await run()
  const away = createPool('postgres://nobody:x@127.0.0.1:1/none')
  await expect(run({ db: away })).rejects.toThrow()
  await away.end()
  expect(await ads.running()).toHaveLength(1)
})

const completed = async (userId: number) =>
  (await queues.queue('analytics').getJobs(['waiting', 'prioritized']))
    .flatMap(({ data }) => data.events.map((event: unknown) => AnalyticsEvent.parse(event)))
    .filter((event) => event.name === 'survey_completed' && event.userId === userId)

test('what people wrote moves to PostgreSQL, once, and out of Redis', async () => {
  const answer = async (userId: number) => {
    await redis.hset(keys.person(BOT, userId), 'delivered', 10)
    const askedAtMs = (await surveys.begin(BOT, userId)) ?? 0
    await surveys.answer(BOT, userId, askedAtMs, { step: 'pmf', value: 'very' })
    return askedAtMs
  }
  const wordy = await answer(1)
  await surveys.answer(BOT, 1, wordy, { step: 'usefulFor', value: 'audio' })
  await surveys.end(BOT, 1, { how: 'words', by: 'u1', words: 'More cats; DROP TABLE' })
  const silent = await answer(2)
  await answer(3)
  await redis.hset(keys.person(BOT, 4), 'delivered', 10)
  await surveys.begin(BOT, 4)
  // The second one, and one who never answered, had time enough.
  for (const userId of [2, 4]) await redis.zadd(keys.surveys, Date.now() - 2000, `${BOT}.${userId}`)

  // Committed, and the word of it lost.
  const forgets: typeof surveys = {
    ...surveys,
    async forget(botId, userId, askedAtMs) {
      if (askedAtMs !== null) throw new Error('killed')
      await surveys.forget(botId, userId, askedAtMs)
    },
  }
  await expect(run({ surveys: forgets })).rejects.toThrow('killed')
  await run()
  const { rows } = await db.query('SELECT *, asked_at::text FROM survey_answers ORDER BY user_id')
  expect(rows).toMatchObject([
    { bot: 'clipferry_bot', user_id: '1', pmf: 'very', useful_for: 'audio', words: 'More cats; DROP TABLE' },
    { bot: 'clipferry_bot', user_id: '2', pmf: 'very', useful_for: null, words: null },
  ])
  expect(rows.map(({ asked_at }) => new Date(asked_at).getTime())).toEqual([wordy, silent])
  expect(await redis.zrange(keys.surveys, 0, -1)).toEqual([`${BOT}.3`])
  expect(await redis.exists(keys.survey(BOT, 1), keys.survey(BOT, 2), keys.survey(BOT, 4))).toBe(0)
  expect(await completed(2)).toMatchObject([{ pmf: 'very', usefulFor: null, hasWords: false }])
  expect(await completed(4)).toEqual([])
  // Somebody who was forgotten meanwhile leaves nothing.
  await redis.del(keys.survey(BOT, 3))
  await redis.zadd(keys.surveys, Date.now() - 2000, `${BOT}.3`)
  await run()
  expect((await db.query('SELECT FROM survey_answers')).rowCount).toBe(2)
  expect(await redis.zcard(keys.surveys)).toBe(0)
})

test('who pays and who is blocked is noted, as an admin said it last', async () => {
  await db.query(
    `INSERT INTO users (bot, user_id, first_seen_at, last_seen_at) VALUES ('clipferry_bot', 7, now(), now()), ('clipferry_bot', 8, now(), now())`,
  )
  await state.people.change(BOT, 7, { isPaid: true, isBlocked: true })
  await state.people.change(BOT, 8, { isPaid: true })
  await state.people.change(BOT, 8, { isPaid: false })
  expect(await run()).toBe(2)
  const { rows } = await db.query('SELECT user_id, is_paid, is_blocked FROM users ORDER BY user_id')
  expect(rows).toEqual([
    { user_id: '7', is_paid: true, is_blocked: true },
    { user_id: '8', is_paid: false, is_blocked: false },
  ])
  expect(await run()).toBe(0)
})

test('who is blocked before they have a row is so when they come', async () => {
  const blocked = async () => (await db.query('SELECT is_paid, is_blocked FROM users WHERE user_id = 9')).rows
  await state.people.change(BOT, 9, { isBlocked: true })
  // Nothing is said of this one any more: nobody waits for them.
  await state.people.change(BOT, 10, { isBlocked: true })
  await state.people.change(BOT, 10, { isBlocked: false })
  expect(await run()).toBe(0)
  expect(await redis.zrange(keys.peopleChanged, 0, -1)).toEqual([`${BOT}.9`])
  await db.query(
    `INSERT INTO users (bot, user_id, first_seen_at, last_seen_at) VALUES ('clipferry_bot', 9, now(), now())`,
  )
  expect(await run()).toBe(1)
  expect(await blocked()).toEqual([{ is_paid: false, is_blocked: true }])
  expect(await redis.zcard(keys.peopleChanged)).toBe(0)
})
