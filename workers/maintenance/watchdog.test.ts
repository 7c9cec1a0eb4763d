import { Worker } from 'bullmq'
import { pino } from 'pino'
import { beforeEach, expect, test } from 'vitest'
import { ensureInspection, ensureProduction, productionId } from '../../queues/flow.ts'
import { inspectionKey, type Joined } from '../../queues/join.ts'
import type { ProductionData } from '../../queues/production.ts'
import type { Request } from '../../queues/request.ts'
import { createState, type State } from '../../queues/state.ts'
import { testRedis } from '../../src/playground/testing/services.ts'
import { watchOver } from './watchdog.ts'

const silent = pino({ level: 'silent' })
const MINUTE_MS = 60_000

let state: State
let people = 0
beforeEach(async () => {
  const { redis, prefix } = await testRedis()
  state = createState(redis, prefix)
})

const watch = () => watchOver(state, silent)
const mended = () => state.mends.all()

async function asked(linkHash = 'hash'): Promise<Request> {
  const userId = ++people
  const chat = { chatId: userId, chatType: 'private' as const, threadId: null, messageId: 1 }
  const asker = { botId: 1, userId, language: 'en' as const, ...chat }
  const ticket = await state.requests.create(asker, `u${userId}`, linkHash, Date.now())
  const request = await state.requests.get(ticket)
  if (!request) throw new Error('lost')
  return request
}
const generationOf = (joined: Joined) => (joined.how === 'waiting' ? joined.generation : 0)

/** Somebody who waits for a production of their own. */
async function waiting(n = 0) {
  const request = await asked()
  const mediaKey = `site.${n || request.userId}.v720.full.public`
  const generation = generationOf(await state.joins.joinProduction(request, mediaKey, Date.now()))
  const { ticket, linkHash } = request
  const data: ProductionData = { ticket, linkHash, mediaKey, generation, mediaId: 'site.1', format: 'v720' }
  return { request, data, jobId: productionId(ticket, generation) }
}
const nobodyWaits = (key: string) => state.redis.del(state.keys.waiters(key))
const isInflight = async (key: string) =>
  (await state.joins.shared(key)).state === 'inflight' && (await state.leftovers.inflight()).includes(key)

/** Takes the only waiting job of a queue, and ends it. */
async function end(queue: 'publish' | 'intake', how: 'completed' | 'failed') {
  const worker = new Worker(queue, null, {
    connection: state.redis,
    prefix: state.keys.prefix,
    autorun: false,
  })
  const job = await worker.getNextJob('token')
  if (job) job.opts.attempts = 1
  if (how === 'completed') await job?.moveToCompleted({}, 'token')
  else await job?.moveToFailed(new Error('internal'), 'token')
  await worker.close()
}

test('healthy work is left alone', async () => {
  const { data } = await waiting()
  // The moment between a join and its flow.
  expect(await watch()).toBe(0)
  await ensureProduction(state.queues, state.joins, data, 1)
  const request = await asked('other')
  const generation = generationOf(await state.joins.joinInspection(request, 'other', Date.now()))
  const inspection = { ticket: request.ticket, linkHash: 'other', generation }
  await ensureInspection(state.queues, state.joins, inspection, 1)
  // The last one has left: its jobs end by themselves.
  const { request: leaver, data: left } = await waiting()
  await ensureProduction(state.queues, state.joins, left, 1)
  await state.joins.leave(leaver)
  // Somebody takes the waiters right now.
  const { data: ending } = await waiting()
  const to = { fields: { file: '{}' }, ttlMs: 0, from: 'producing', to: 'delivering' }
  await state.joins.finish(ending.mediaKey, ending.generation, to)

  const before = await everything()
  expect(await watch()).toBe(0)
  expect(await everything()).toEqual(before)
  expect(await mended()).toEqual({})
})

/** All that Redis holds of requests and productions. */
async function everything(): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {}
  const { redis } = state
  const read = {
    hash: async (name: string): Promise<unknown> => redis.hgetall(name),
    set: async (name: string): Promise<unknown> => (await redis.smembers(name)).sort(),
  }
  for (const kind of ['shared', 'waiters', 'drain', 'request'])
    for (const name of await state.redis.keys(`${state.keys.prefix}:${kind}:*`))
      all[name] = (await redis.type(name)) === 'hash' ? await read.hash(name) : await read.set(name)
  all.inflight = await state.leftovers.inflight()
  return all
}

test('what is in the list of work without being worked on is taken off it', async () => {
  const [{ data: gone }, { data: cached }] = [await waiting(), await waiting()]
  await state.redis.del(state.keys.shared(gone.mediaKey))
  await state.redis.hset(state.keys.shared(cached.mediaKey), { state: 'cached' })
  expect(await watch()).toBe(2)
  expect(await state.leftovers.inflight()).toEqual([])
  expect((await state.joins.shared(cached.mediaKey)).state).toBe('cached')
  expect(await mended()).toEqual({ inflight_without_work: 2 })
})

test('a production without a root, that nobody waits for, is taken away: the next one starts anew', async () => {
  const { data } = await waiting()
  await nobodyWaits(data.mediaKey)
  expect(await watch()).toBe(1)
  expect(await isInflight(data.mediaKey)).toBe(false)
  const next = await state.joins.joinProduction(await asked(), data.mediaKey, Date.now())
  expect(next).toMatchObject({ how: 'waiting', started: true })
  expect(await mended()).toMatchObject({ production_without_root: 1 })
})

test('so is an inspection, and a production whose root has failed', async () => {
  await state.joins.joinInspection(await asked('link'), 'link', Date.now())
  await nobodyWaits(inspectionKey('link'))
  const { data, jobId } = await waiting()
  await state.queues.queue('publish').add('publish', data, { jobId })
  await nobodyWaits(data.mediaKey)
  expect(await watch()).toBe(1)
  await end('publish', 'failed')
  expect(await watch()).toBe(1)
  expect(await state.leftovers.inflight()).toEqual([])
})

test('when somebody waits for it, it is the reconciler’s', async () => {
  const { data } = await waiting()
  expect(await watch()).toBe(0)
  expect(await isInflight(data.mediaKey)).toBe(true)
})

test('a production that its root has left behind is taken away, and who waits is left to start anew', async () => {
  const { request, data, jobId } = await waiting()
  await state.queues.queue('publish').add('publish', data, { jobId })
  await end('publish', 'completed')
  expect(await watch()).toBe(1)
  expect(await isInflight(data.mediaKey)).toBe(false)
  expect(await state.joins.waiters(data.mediaKey)).toEqual([request.ticket])
  expect(await mended()).toEqual({ production_after_its_end: 1 })
})

test('another generation under the same key is not meant', async () => {
  const { data } = await waiting(7)
  await nobodyWaits(data.mediaKey)
  const old = String(data.generation)
  await state.joins.forget(data.mediaKey, data.generation)
  await waiting(7)
  expect(await state.leftovers.endWork(data.mediaKey, old, { onlyUnwanted: false })).toBe(false)
  expect(await isInflight(data.mediaKey)).toBe(true)
})

test('who does not wait is taken out, and the last one who does can end the work', async () => {
  const { request, data } = await waiting()
  const [over, elsewhere] = [await asked(), (await waiting()).request]
  await state.requests.settle(over, { state: 'failed', failure: 'gone' })
  await state.redis.sadd(state.keys.waiters(data.mediaKey), ...[over.ticket, elsewhere.ticket, 'ZZZZZZ'])
  expect(await watch()).toBe(3)
  expect(await state.joins.waiters(data.mediaKey)).toEqual([request.ticket])
  expect(await state.joins.leave(request)).toBe('cancelled')
})

test('a drain is removed when nobody in it needs its job again, and not before', async () => {
  const { request, data } = await waiting()
  const { request: leaver } = await waiting(request.userId)
  const to = { fields: { file: '{}' }, ttlMs: 0, from: 'producing', to: 'delivering' }
  expect(await state.joins.finish(data.mediaKey, data.generation, to)).toHaveLength(2)
  const drain = state.keys.drain(data.mediaKey, data.generation)
  await state.redis.pexpire(drain, 7 * 24 * 3600_000 - 2 * MINUTE_MS)
  await state.requests.settle(leaver, { state: 'delivered', on: { day: '20261121', month: '202611' } })
  // The job died before it added any send.
  expect(await watch()).toBe(1)
  expect(await state.redis.smembers(drain)).toEqual([request.ticket])
  expect(await watch()).toBe(0)
  const { ticket } = request
  await state.queues.add('send', { ticket, round: 1 }, { jobId: `${ticket}-1` })
  expect(await watch()).toBe(1)
  expect(await state.redis.exists(drain)).toBe(0)
})

test('a root without a record of its production finds nobody, and leaves nothing', async () => {
  const { data } = await waiting()
  await state.redis.del(state.keys.shared(data.mediaKey), state.keys.waiters(data.mediaKey))
  expect(await state.joins.isWanted(data.mediaKey, data.generation)).toBe(false)
  const told = { fields: null, ttlMs: 0, from: '', to: '' }
  expect(await state.joins.finish(data.mediaKey, data.generation, told)).toEqual([])
  expect(await state.redis.exists(state.keys.shared(data.mediaKey))).toBe(0)
})
