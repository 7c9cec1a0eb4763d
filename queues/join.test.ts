import { beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { testRedis } from '../src/playground/testing/services.ts'
import type { Asker } from './request.ts'
import { createState, type State } from './state.ts'
import { SAMPLE_FILE } from './testing/samples.ts'

let state: State
let unique = 0
let key: string

beforeAll(async () => {
  const { redis, prefix } = await testRedis()
  state = createState(redis, prefix)
})
beforeEach(() => {
  key = `site.${++unique}.v720.full.public`
})

const ASKER: Asker = {
  botId: 1,
  chatId: 10,
  chatType: 'private',
  threadId: null,
  userId: 10,
  language: 'en',
  messageId: 5,
}

/** A new request of a person. */
async function request(userId = 10) {
  const ticket = await state.requests.create(
    { ...ASKER, userId, chatId: userId },
    `u1-${++unique}-0`,
    'hash',
    1,
  )
  const created = await state.requests.get(ticket)
  if (!created) throw new Error('not created')
  return created
}

const join = async (who: Awaited<ReturnType<typeof request>>) =>
  await state.joins.joinProduction(who, key, Date.now())
const end = { fields: { file: '{}' }, ttlMs: 0, from: 'producing', to: 'delivering' }

test('the same origin is the same request; another one with the same code is told apart', async () => {
  const first = await state.requests.create(ASKER, 'u1-77-0', 'hash', 1)
  expect(await state.requests.create(ASKER, 'u1-77-0', 'other', 2)).toBe(first)
  expect((await state.requests.get(first))?.linkHash).toBe('hash')
  await state.redis.hset(state.keys.request(first), 'origin', 'somebody else')
  const second = await state.requests.create(ASKER, 'u1-77-0', 'hash', 1)
  expect(second).not.toBe(first)
  expect(second.startsWith(first)).toBe(true)
})

test('the first starts, the others join, and all are taken once it ends', async () => {
  const [a, b, c] = [await request(11), await request(12), await request(13)]
  expect(await join(a)).toMatchObject({ how: 'waiting', started: true, starter: a.ticket, confirmed: false })
  const joined = await join(b)
  expect(joined).toMatchObject({ how: 'waiting', started: false, starter: a.ticket })
  await join(c)
  const { generation } = joined as { generation: number }
  const taken = await state.joins.finish(key, generation, end)
  expect(taken.sort()).toEqual([a.ticket, b.ticket, c.ticket].sort())
  expect((await state.requests.get(b.ticket))?.state).toBe('delivering')
  // Until they are safe, the same people come again; then nobody does.
  expect((await state.joins.finish(key, generation, end)).length).toBe(3)
  await state.joins.drained(key, generation)
  expect(await state.joins.finish(key, generation, end)).toEqual([])
  // Who comes later finds it there.
  expect(await join(await request(14))).toEqual({ how: 'cached', generation })
})

test('a known file_id comes before everything else', async () => {
  await state.sentFiles.save(1, key, { fileId: 'x'.repeat(30), kind: 'video', file: SAMPLE_FILE })
  const a = await request()
  expect(await join(a)).toEqual({ how: 'file' })
  expect((await state.requests.get(a.ticket))?.state).toBe('delivering')
})

test('who has left stays out, whoever tries to bring them back', async () => {
  const [a, b] = [await request(21), await request(22)]
  await join(a)
  await join(b)
  expect(await state.joins.leave(b)).toBe('left')
  expect(await join(b)).toEqual({ how: 'gone' })
  expect(await state.joins.waiters(key)).toEqual([a.ticket])
})

test('the last one out cancels, and the next one gets a new generation', async () => {
  const [a, b] = [await request(31), await request(32)]
  const started = await join(a)
  await join(b)
  const generation = started.how === 'waiting' ? started.generation : 0
  expect(await state.joins.leave(a)).toBe('left')
  expect(await state.joins.isWanted(key, generation)).toBe(true)
  expect(await state.joins.leave(b)).toBe('cancelled')
  expect(await state.joins.isWanted(key, generation)).toBe(false)
  expect(await state.joins.leave(b)).toBe('over')
  const next = await join(await request(33))
  expect(next).toMatchObject({ how: 'waiting', started: true })
  expect(next.how === 'waiting' && next.generation > generation).toBe(true)
  // The old generation's end finds nothing to take.
  expect(await state.joins.finish(key, generation, end)).toEqual([])
  expect((await state.joins.waiters(key)).length).toBe(1)
})

test('after a failure the next one starts anew', async () => {
  const a = await request(41)
  const started = await join(a)
  const generation = started.how === 'waiting' ? started.generation : 0
  expect(await state.joins.finish(key, generation, { ...end, fields: null })).toEqual([a.ticket])
  await state.joins.drained(key, generation)
  expect(await join(await request(42))).toMatchObject({ how: 'waiting', started: true })
})

test('a request ends once, and Retry opens a new round', async () => {
  const a = await request(51)
  expect(await state.requests.settle(a, { state: 'failed', failure: 'gone' })).toBe('ended')
  expect(
    await state.requests.settle(a, { state: 'delivered', on: { day: '20261121', month: '202611' } }),
  ).toBe('before')
  expect(await state.requests.active(1, 51)).toEqual([])
  expect(await state.requests.reopen(a)).toBe(true)
  expect(await state.requests.reopen(a)).toBe(false)
  expect(await state.requests.get(a.ticket)).toMatchObject({ state: 'asked', round: 2, failure: null })
  expect(
    await state.requests.settle(
      a,
      { state: 'delivered', on: { day: '20261121', month: '202611' } },
      { round: 1 },
    ),
  ).toBe('other')
  expect(
    await state.requests.settle(
      a,
      { state: 'delivered', on: { day: '20261121', month: '202611' } },
      { round: 2 },
    ),
  ).toBe('ended')
})

test('50 at once: one start, and nobody is missing', async () => {
  const people = await Promise.all(Array.from({ length: 50 }, (_, index) => request(1000 + index)))
  const answers = await Promise.all(people.map(join))
  expect(answers.filter((answer) => answer.how === 'waiting' && answer.started).length).toBe(1)
  expect((await state.joins.waiters(key)).length).toBe(50)
})

test('a generation is not used again, though the counter has lost its last second', async () => {
  const first = await join(await request())
  const generation = first.how === 'waiting' ? first.generation : 0
  await state.redis.set(state.keys.generation, generation - 1)
  await state.redis.del(state.keys.shared(key))
  await vi.waitFor(async () => expect(Date.now()).toBeGreaterThan(generation), { timeout: 30_000 })
  expect(await join(await request())).toMatchObject({ started: true })
  expect(Number((await state.joins.shared(key)).generation)).toBeGreaterThan(generation)
})
