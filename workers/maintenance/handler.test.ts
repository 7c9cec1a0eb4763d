import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DataOf, STAGE_NAMES } from '../../queues/pipeline.ts'
import { createState, type State } from '../../queues/state.ts'
import { testBucket, testRedis } from '../../src/playground/testing/services.ts'
import { createStorage } from '../../src/shared/storage/create-storage.ts'
import { testContext } from '../test-context.ts'
import { createHandler } from './handler.ts'
import { applySchedule, SCHEDULE } from './schedule.ts'

let state: State
let run: (task: DataOf<'maintenance'>['task']) => Promise<number>

beforeAll(async () => {
  const { redis, prefix } = await testRedis()
  state = createState(redis, prefix)
  const handler = createHandler({
    ...state,
    storage: createStorage(await testBucket()),
  })
  run = async (task) => (await handler({ data: { task }, input: null }, testContext())).done
})
afterAll(() => state.queues.close())

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
