import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DataOf, STAGE_NAMES } from '../../queues/pipeline.ts'
import { createState, type State } from '../../queues/state.ts'
import { testBucket, testDatabase, testRedis } from '../../src/playground/testing/services.ts'
import { readConfig } from '../../src/shared/config.ts'
import { createMigration } from '../../src/shared/db/keep-migrated.ts'
import { createPool, type Pool } from '../../src/shared/db/pool.ts'
import { createLogger } from '../../src/shared/logger.ts'
import { createStorage } from '../../src/shared/storage/create-storage.ts'
import { testContext } from '../test-context.ts'
import { createHandler } from './handler.ts'
import { applySchedule, SCHEDULE } from './schedule.ts'

let state: State
let db: Pool
let run: (task: DataOf<'maintenance'>['task']) => Promise<number>

beforeAll(async () => {
  const { redis, prefix } = await testRedis()
  state = createState(redis, prefix)
  const { url } = await testDatabase()
  db = createPool(url)
  const handler = createHandler({
    ...state,
    storage: createStorage(await testBucket()),
    db,
    migrated: createMigration(url, db, createLogger('silent', 'test')),
    reporting: readConfig(['reporting'], { EVENTS_KEEP_MONTHS: '2' }),
  })
  run = async (task) => (await handler({ data: { task }, input: null }, testContext())).done
})
afterAll(() => Promise.all([state.queues.close(), db.end()]))

test('a canary goes into every queue, one at a time', async () => {
  expect(await run('canary')).toBe(STAGE_NAMES.length)
  await run('canary')
  for (const name of STAGE_NAMES) expect(await state.queues.queue(name).getWaitingCount(), name).toBe(1)
})

test('who waits for a fetch hears of their place; who is being served does not', async () => {
  const asker = {
    botId: 1,
    chatId: 1,
    chatType: 'private' as const,
    threadId: null,
    userId: 1,
    language: 'en' as const,
    messageId: 1,
  }
  const [a, b] = [
    await state.requests.create(asker, 'u1', 'h', 1),
    await state.requests.create(asker, 'u2', 'h', 1),
  ]
  await state.joins.joinProduction({ ticket: a, botId: 1 }, 'site.a.v1.full.public', 1)
  const served = await state.joins.joinProduction({ ticket: b, botId: 1 }, 'site.b.v1.full.public', 1)
  await state.redis.hset(state.keys.progress(served.how === 'waiting' ? served.generation : 0), {
    stage: 'fetch',
  })
  expect(await run('positions')).toBe(1)
  expect([(await state.requests.get(a))?.view, (await state.requests.get(b))?.view]).toEqual([1, 0])
})

test('unfinished uploads are looked for', async () => {
  expect(await run('sweep_uploads')).toBe(0)
})

test('the schedule in Redis becomes the one in the code', async () => {
  const queue = state.queues.queue('maintenance')
  await queue.upsertJobScheduler('of an older version', { every: 1000 }, { name: 'x' })
  await applySchedule(state.queues)
  await applySchedule(state.queues)
  const schedulers = await queue.getJobSchedulers()
  expect(schedulers.map(({ key }) => key).sort()).toEqual(Object.keys(SCHEDULE).sort())
})

test('partitions are made ahead, in a database that was empty, and go when their time is over', async () => {
  await run('partitions')
  const names = async () => {
    const { rows } = await db.query<{ name: string }>(
      "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'events'::regclass",
    )
    return rows.map(({ name }) => name)
  }
  // Of this month and three to come, and the default one.
  expect(await names()).toHaveLength(5)
  await db.query(
    `CREATE TABLE events_2020_01 PARTITION OF events FOR VALUES FROM ('2020-01-01Z') TO ('2020-02-01Z')`,
  )
  expect(await run('partitions')).toBe(1)
  expect(await names()).toHaveLength(5)
})

test('while numbers are made, the next run leaves its place to other tasks', async () => {
  const [first, second] = await Promise.all([run('daily_numbers'), run('daily_numbers')])
  expect([first, second]).toEqual([1, 0])
  expect(await run('daily_numbers')).toBe(1)
})

test('the numbers of today and of days that events came late for are made', async () => {
  expect(await run('daily_numbers')).toBe(1)
  const late = new Date(Date.now() - 2 * 24 * 3600_000)
  await db.query("INSERT INTO events (name, at, bot, user_id) VALUES ('inline_query', $1, 'a_bot', 7)", [
    late,
  ])
  await run('daily_numbers')
  const { rows } = await db.query(
    "SELECT dau FROM daily_stats WHERE bot = 'a_bot' AND source = '*' AND dau > 0",
  )
  expect(rows).toEqual([{ dau: '1' }])
})
