import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { keysFor } from '../../queues/keys.ts'
import { STAGE_NAMES } from '../../queues/pipeline.ts'
import { testRedis } from '../playground/testing/services.ts'
import { judgeStage } from './readiness.ts'
import { startWeb } from './testing/web-under-test.ts'

test.each([
  ['fresh', 1_000, 30_999, false, { ok: true, ageMs: 29_999 }],
  ['too old', 1_000, 31_000, false, { ok: false, ageMs: 30_000, reason: 'silent' }],
  ['too old, but busy', 1_000, 31_000, true, { ok: true, ageMs: 30_000, reason: 'busy' }],
  ['never seen', null, 31_000, false, { ok: false, ageMs: null, reason: 'silent' }],
  ['from a clock that is ahead', 2_000, 1_000, false, { ok: true, ageMs: 0 }],
])('a canary that is %s', (_, stampMs, nowMs, busy, expected) => {
  expect(judgeStage(stampMs, nowMs, busy)).toEqual(expected)
})

const Answer = z.object({
  ready: z.boolean(),
  stages: z.record(
    z.string(),
    z.object({ ok: z.boolean(), ageMs: z.number().nullable(), reason: z.string().optional() }),
  ),
})

let redis: Redis
let url: string
let prefix: string
let web: Awaited<ReturnType<typeof startWeb>>

beforeAll(async () => {
  const service = await testRedis()
  ;({ redis, url, prefix } = service)
  web = await startWeb({ redis, prefix })
})
afterAll(() => web?.close())
beforeEach(() => redis.del(keysFor(prefix).canary))

async function ask(where = web) {
  const response = await where.get('/ready')
  return { status: response.status, ...Answer.parse(await response.json()) }
}
const stampAll = (ms: number) =>
  redis.hset(keysFor(prefix).canary, Object.fromEntries(STAGE_NAMES.map((name) => [name, ms])))

test('no canary yet: not ready, and every stage is named', async () => {
  const answer = await ask()
  expect([answer.status, answer.ready, Object.keys(answer.stages)]).toEqual([503, false, STAGE_NAMES])
  expect(answer.stages.fetch).toEqual({ ok: false, ageMs: null, reason: 'silent' })
})

test('every canary is fresh: ready', async () => {
  await stampAll(Date.now())
  expect(await ask()).toMatchObject({ status: 200, ready: true })
})

test('one stage is silent: not ready, and it is named', async () => {
  await stampAll(Date.now())
  await redis.hset(keysFor(prefix).canary, 'transcode', Date.now() - 60_000)
  const answer = await ask()
  expect([answer.status, answer.ready]).toEqual([503, false])
  expect(Object.entries(answer.stages).filter(([, { ok }]) => !ok)).toMatchObject([
    ['transcode', { reason: 'silent' }],
  ])
})

test('a silent stage with a job in work is busy, as long as its worker is there', async () => {
  await stampAll(Date.now())
  await redis.hset(keysFor(prefix).canary, 'transcode', Date.now() - 60_000)
  const done = Promise.withResolvers<void>()
  const connection = new Redis(url, { maxRetriesPerRequest: null })
  const worker = new Worker('transcode', () => done.promise, { connection, prefix })
  const job = await web.queues.queue('transcode').add('transcode', {})
  await vi.waitFor(
    async () => expect((await ask()).stages.transcode).toMatchObject({ reason: 'busy' }),
    30_000,
  )
  expect(await ask()).toMatchObject({ status: 200, ready: true })

  // The worker dies: the job is still listed as active, and nobody works on it.
  await worker.close(true)
  connection.disconnect()
  done.resolve()
  expect(await job.getState()).toBe('active')
  await vi.waitFor(
    async () => expect((await ask()).stages.transcode).toMatchObject({ reason: 'silent' }),
    30_000,
  )
})

test('Redis is away: alive, not ready, with the reason, soon', async () => {
  const away = new Redis('redis://127.0.0.1:1', { enableOfflineQueue: false, maxRetriesPerRequest: 0 })
  away.on('error', () => undefined)
  const local = await startWeb({ redis: away, prefix })
  await expectUnreachable(local)
  await local.close()
  away.disconnect()
})

test('Redis takes the call and never answers: the same', async () => {
  const sockets: Socket[] = []
  const hole = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
  await once(hole, 'listening')
  const { port } = z.object({ port: z.number() }).parse(hole.address())
  const mute = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null })
  mute.on('error', () => undefined)
  const local = await startWeb({ redis: mute, prefix })
  await expectUnreachable(local)
  mute.disconnect()
  await local.close()
  for (const socket of sockets) socket.destroy()
  hole.close()
})

async function expectUnreachable(local: typeof web): Promise<void> {
  expect((await local.get('/health')).status).toBe(200)
  const startedAt = performance.now()
  const answer = await ask(local)
  // It is 1.5 s; on a machine that is busy with other tests, more.
  expect(performance.now() - startedAt).toBeLessThan(10_000)
  expect([answer.status, answer.ready]).toEqual([503, false])
  expect(answer.stages.intake).toEqual({ ok: false, ageMs: null, reason: 'redis_unreachable' })
}
