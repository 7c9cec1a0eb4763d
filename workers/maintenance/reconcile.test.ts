import { Worker } from 'bullmq'
import { pino } from 'pino'
import { beforeEach, expect, test } from 'vitest'
import { ensureProduction, productionId } from '../../queues/flow.ts'
import type { ProductionData } from '../../queues/production.ts'
import type { Request } from '../../queues/request.ts'
import { createState, type State } from '../../queues/state.ts'
import { testRedis } from '../../src/playground/testing/services.ts'
import { reconcile } from './reconcile.ts'

const LATER = Date.now() + 3600_000
const silent = pino({ level: 'silent' })

let state: State
let updates = 0
beforeEach(async () => {
  const { redis, prefix } = await testRedis()
  state = createState(redis, prefix)
})

async function asked(): Promise<Request> {
  const asker = {
    botId: 1,
    chatId: 1,
    chatType: 'private' as const,
    threadId: null,
    userId: 1,
    language: 'en' as const,
    messageId: 1,
  }
  return await now(await state.requests.create(asker, `u${++updates}`, 'hash', Date.now()))
}
async function now(ticket: string): Promise<Request> {
  const request = await state.requests.get(ticket)
  if (!request) throw new Error('lost')
  return request
}
/** Someone who waits for a production, whose flow is not there yet. */
async function waiting() {
  const request = await asked()
  const mediaKey = `site.${updates}.v720.full.public`
  const joined = await state.joins.joinProduction(request, mediaKey, 1)
  const generation = joined.how === 'waiting' ? joined.generation : 0
  const data: ProductionData = {
    ticket: request.ticket,
    mediaId: `site.${updates}`,
    mediaKey,
    format: 'v720',
    linkHash: 'hash',
    generation,
  }
  return { request: await now(request.ticket), data, jobId: productionId(request.ticket, generation) }
}
const resumed = async () => (await state.queues.queue('intake').getJobs(['waiting'])).map((job) => job.data)
const mend = (at = LATER) => reconcile(state, silent, at)

test('what is young, or going well, is left alone', async () => {
  await asked()
  expect(await mend(Date.now())).toBe(0)
  await state.requests.move((await state.requests.owed(LATER))[0] ?? '', ['asked'], 'delivered')
  const { data } = await waiting()
  await ensureProduction(state.queues, state.joins, data, 1)
  expect(await mend()).toBe(0)
})

test('a request without a job goes on, once a minute, and is counted', async () => {
  const { ticket } = await asked()
  expect(await mend()).toBe(1)
  expect(await resumed()).toEqual([{ kind: 'resume', ticket, round: null }])
  expect(await mend()).toBe(0)
  expect((await resumed()).length).toBe(1)
  expect(await state.mends.all()).toEqual({ restarted: 1 })
})

test('a request that waits above what is free is not lost, until its time has passed for long', async () => {
  const { ticket } = await asked()
  await state.requests.set(ticket, { waitUntilMs: LATER + 1000 })
  expect(await mend()).toBe(0)
  // Its own job is on its way.
  expect(await mend(LATER + 2000)).toBe(0)
  expect(await resumed()).toEqual([])
  expect(await mend(LATER + 32_000)).toBe(1)
  expect(await resumed()).toEqual([{ kind: 'resume', ticket, round: null }])
})

test('a production without its flow gets it again', async () => {
  const { request, data } = await waiting()
  await state.joins.confirm(data.mediaKey, data.generation)
  expect(await mend()).toBe(1)
  expect(await resumed()).toEqual([{ kind: 'resume', ticket: request.ticket, round: null }])
  expect((await state.joins.shared(data.mediaKey)).confirmed).toBe('0')
})

test('someone who waits for nothing starts over', async () => {
  const { request, data } = await waiting()
  await state.redis.del(state.keys.shared(data.mediaKey))
  expect(await mend()).toBe(1)
  expect((await now(request.ticket)).state).toBe('asked')
  expect(await resumed()).toEqual([{ kind: 'resume', ticket: request.ticket, round: null }])
})

test('a root that failed runs again', async () => {
  const { data, jobId } = await waiting()
  await state.queues.queue('publish').add('publish', data, { jobId })
  await failed('publish')
  expect(await mend()).toBe(1)
  expect(await (await state.queues.queue('publish').getJob(jobId))?.getState()).toBe('waiting')
})

/** Takes the only waiting job of a queue and fails it for good. */
async function failed(queue: 'publish' | 'send') {
  const worker = new Worker(queue, null, {
    connection: state.redis,
    prefix: state.keys.prefix,
    autorun: false,
  })
  const job = await worker.getNextJob('token')
  if (job) job.opts.attempts = 1
  await job?.moveToFailed(new Error('internal'), 'token')
  await worker.close()
}

test('a delivery that no job does is done; one that failed for good is told', async () => {
  const first = await asked()
  await state.requests.move(first.ticket, ['asked'], 'delivering')
  expect(await mend()).toBe(1)
  expect(await (await state.queues.queue('send').getJob(`${first.ticket}-1`))?.getState()).toBe('waiting')
  expect(await mend()).toBe(0)
  await failed('send')
  expect(await mend()).toBe(1)
  expect(await now(first.ticket)).toMatchObject({ state: 'failed', failure: 'telegram_unavailable' })
})

test('a reason that was not told is told again, until it is', async () => {
  const request = await asked()
  await state.requests.settle(request, { state: 'failed', failure: 'gone' })
  await state.notifier.touch(request.ticket)
  expect(await mend()).toBe(0)
  await (await state.queues.queue('notify').getJob(`${request.ticket}-2`))?.remove()
  expect(await mend()).toBe(1)
  expect(await state.queues.queue('notify').getJob(`${request.ticket}-3`)).toBeTruthy()
  await state.requests.shown(request.ticket, 3)
  expect(await state.requests.owed(LATER)).toEqual([])
})

test('a person who makes up their mind is not disturbed', async () => {
  const { ticket } = await asked()
  await state.requests.move(ticket, ['asked'], 'choosing')
  await state.notifier.touch(ticket)
  await state.requests.shown(ticket, 1)
  expect(await state.requests.owed(LATER)).toEqual([])
  // With their answer they are owed the media, and with a cancel the last word.
  await state.requests.choose(ticket, 'v720')
  expect(await state.requests.owed(LATER)).toEqual([ticket])
})

test('a ticket whose request has ended long ago is forgotten', async () => {
  const { ticket } = await asked()
  await state.redis.del(state.keys.request(ticket))
  expect(await mend()).toBe(1)
  expect(await state.requests.owed(LATER)).toEqual([])
})

test('a delivery whose workers died of a neighbour begins again three times, and no more', async () => {
  const { ticket } = await asked()
  await state.requests.move(ticket, ['asked'], 'delivering')
  const queue = state.queues.queue('send')
  const jobId = `${ticket}-1`
  const die = async () => {
    await state.redis.lrem(queue.toKey('wait'), 0, jobId)
    await state.redis.zadd(queue.toKey('failed'), Date.now(), jobId)
    const failedReason = 'job stalled more than allowable limit'
    await state.redis.hset(queue.toKey(jobId), { failedReason, finishedOn: Date.now(), stc: 3 })
  }
  await state.queues.add('send', { ticket, round: 1 }, { jobId })
  for (let again = 1; again <= 3; again++) {
    await die()
    expect(await mend()).toBe(1)
    const job = await queue.getJob(jobId)
    expect([await job?.getState(), job?.stalledCounter]).toEqual(['waiting', 0])
    expect(await now(ticket)).toMatchObject({ state: 'delivering', sendsAgain: again })
  }
  await die()
  await mend()
  expect(await now(ticket)).toMatchObject({ state: 'failed', failure: 'telegram_unavailable' })
  expect(await state.mends.all()).toEqual({ send_again: 3, gave_up: 1 })
})
