import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type FailureCode, StageError } from '../../queues/failure.ts'
import { ensureProduction, productionId } from '../../queues/flow.ts'
import type { DataOf, StageName } from '../../queues/pipeline.ts'
import { createState, type State } from '../../queues/state.ts'
import { testRedis } from '../../src/playground/testing/services.ts'
import type { Handler } from '../context.ts'
import { createFailPoints } from '../fail-point.ts'
import { createHandler as createPublish } from '../publish/handler.ts'
import { type RunningStage, runStage } from '../run-stage.ts'
import { sweepFailed } from './sweep-failed.ts'

let state: State
const running: RunningStage[] = []
beforeEach(async () => {
  const { redis, prefix } = await testRedis()
  state = createState(redis, prefix)
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((stage) => stage.stop(0)))
  await state.queues.close()
})

function run<N extends StageName>(name: N, handler: Handler<N>) {
  running.push(
    runStage(name, handler, 4, {
      ...state,
      ...{ log: pino({ level: 'silent' }), failPoints: createFailPoints([]), maxActivePerPerson: 3 },
      ...{ lockMs: 3000, stalledCheckMs: 1000 },
      versions: async () => ({ clipferry: '1.2.3', 'yt-dlp': '2026.07.04' }),
    }),
  )
}
const failing =
  (code: FailureCode, stderr = '', detail?: string) =>
  async () => {
    throw new StageError(code, { final: true, stderr, ...(detail ? { detail } : {}) })
  }
const ended = (name: StageName, jobId: string) =>
  vi.waitFor(
    async () => expect(['completed', 'failed']).toContain(await state.queues.queue(name).getJobState(jobId)),
    { timeout: 30_000, interval: 30 },
  )
const sweep = () => sweepFailed(state, Date.now())
const letters = () => state.deadLetters.list({}, 100)

const PRODUCTION: DataOf<'fetch'> = {
  ...{ ticket: 'ABCDEF', mediaId: 'site.1', mediaKey: 'site.1.v720.full.public', format: 'v720' },
  ...{ linkHash: 'hash', generation: 1 },
}
const FETCHED = {
  ...{ artifact: 'p/raw.mp4', sizeBytes: 1, title: 't', uploader: null, cover: null },
  ytdlpVersion: '1',
}

/** A production that somebody waits for. */
async function production() {
  const asker = { botId: 1, chatId: 7, userId: 7, threadId: null, messageId: 1 } as const
  const { requests, joins, queues } = state
  const ticket = await requests.create({ ...asker, chatType: 'private', language: 'en' }, 'u1', 'hash', 1)
  const joined = await joins.joinProduction({ ticket, botId: 1 }, PRODUCTION.mediaKey, 1)
  const generation = joined.how === 'waiting' ? joined.generation : 0
  await ensureProduction(queues, joins, { ...PRODUCTION, ticket, generation }, 1)
  return { ticket, generation, id: productionId(ticket, generation) }
}

test('a stage that fails is one record, with all that a replay and an operator need; those above it are none', async () => {
  const stderr = 'Press [q] to stop\nhttps://site.example/v?token=secret: Conversion failed!\n'
  run('fetch', async () => FETCHED)
  run('transcode', failing('transcode_failed', stderr, 'ffmpeg ended with 1'))
  run('publish', createPublish({ ...state, artifacts: { remove: async () => undefined } }))
  const { ticket, generation, id } = await production()
  await ended('publish', id)
  expect(await sweep()).toBe(1)
  const [letter, ...more] = await letters()
  expect(more).toEqual([])
  expect(letter).toMatchObject({
    ...{ stage: 'transcode', jobId: id, ticket, code: 'transcode_failed', state: 'open', site: 'site' },
    ...{ reason: 'transcode_failed: ffmpeg ended with 1', attempts: 1, crashes: 0 },
    stderr: ['Press [q] to stop', '[link] Conversion failed!'],
    versions: { clipferry: '1.2.3', 'yt-dlp': '2026.07.04' },
    ...{ mediaKey: PRODUCTION.mediaKey, data: { ...PRODUCTION, ticket, generation }, input: FETCHED },
  })
  if (letter) expect(await state.deadLetters.people(letter)).toBe(1)
  expect(JSON.stringify(letter)).not.toMatch(/site\.example|secret/)
})

test('a failed fetch fails the stage above it, which is no cause', async () => {
  run('fetch', failing('network'))
  run('transcode', failing('internal'))
  run('publish', createPublish({ ...state, artifacts: { remove: async () => undefined } }))
  const { id } = await production()
  await ended('publish', id)
  expect(await state.queues.queue('transcode').getJobState(id)).toBe('failed')
  expect(await sweep()).toBe(1)
  expect((await letters()).map(({ stage }) => stage)).toEqual(['fetch'])
})

test.each<[FailureCode, number]>([
  ['private', 0],
  ['cancelled', 0],
  ['too_large', 0],
  ['chat_unreachable', 0],
  ['bot_check', 1],
  ['storage', 1],
])('%s: %s records', async (code, count) => {
  run('notify', failing(code))
  await state.queues.add('notify', { ticket: 'ABCDEF', view: 1 }, { jobId: 'a' })
  await ended('notify', 'a')
  expect(await sweep()).toBe(count)
})

test('looked at twice, it is one record; what comes later is seen; the cursor moves', async () => {
  run('notify', failing('internal'))
  const fail = async (jobId: string) => {
    await state.queues.add('notify', { ticket: 'ABCDEF', view: 1 }, { jobId })
    await ended('notify', jobId)
  }
  await fail('a')
  expect([await sweep(), await sweep()]).toEqual([1, 0])
  const cursor = async () => Number(await state.redis.hget(state.keys.failedCursor, 'notify'))
  const first = await cursor()
  expect(first).toBe((await letters())[0]?.failedAtMs)
  await fail('b')
  // Two at once do no harm to each other.
  const added = await Promise.all([sweep(), sweep()])
  expect(added.reduce((sum, count) => sum + count)).toBe(1)
  expect(await cursor()).toBeGreaterThan(first)
  expect((await letters()).map(({ jobId }) => jobId).sort()).toEqual(['a', 'b'])
})

test('what was torn off before the cursor moved is done again', async () => {
  run('notify', failing('internal'))
  for (const jobId of ['a', 'b']) await state.queues.add('notify', { ticket: 'ABCDEF', view: 1 }, { jobId })
  await Promise.all([ended('notify', 'a'), ended('notify', 'b')])
  let written = 0
  const add: State['deadLetters']['add'] = async (letter) => {
    if (++written === 2) throw new Error('killed')
    return await state.deadLetters.add(letter)
  }
  const torn = sweepFailed({ ...state, deadLetters: { ...state.deadLetters, add } }, Date.now())
  await expect(torn).rejects.toThrow('killed')
  expect(await letters()).toHaveLength(1)
  expect(await sweep()).toBe(1)
  expect(await letters()).toHaveLength(2)
})

test('a failure of a clock that runs behind is seen within the hour', async () => {
  const queue = state.queues.queue('notify')
  const now = Date.now()
  await state.redis.hset(state.keys.failedCursor, { notify: now, 'notify:full': now })
  await queue.add('notify', { ticket: 'ABCDEF', view: 1 }, { jobId: 'a' })
  await state.redis.lrem(queue.toKey('wait'), 0, 'a')
  await state.redis.zadd(queue.toKey('failed'), now - 600_000, 'a')
  await state.redis.hset(queue.toKey('a'), { failedReason: 'internal', finishedOn: now - 600_000 })
  expect(await sweepFailed(state, now)).toBe(0)
  expect(await sweepFailed(state, now + 3600_001)).toBe(1)
})

test('more than a page, some of it removed by its age meanwhile', async () => {
  const queue = state.queues.queue('notify')
  const now = Date.now()
  const jobs = Array.from({ length: 450 }, (_, n) => `job-${n}`)
  await queue.addBulk(
    jobs.map((jobId) => ({ name: 'notify', data: { ticket: 'ABCDEF', view: 1 }, opts: { jobId } })),
  )
  await state.redis.del(queue.toKey('wait'))
  const pipeline = state.redis.pipeline()
  jobs.forEach((jobId, n) => {
    pipeline.zadd(queue.toKey('failed'), now - n, jobId)
    pipeline.hset(queue.toKey(jobId), { failedReason: 'internal', finishedOn: now - n })
    if (n % 10 === 0) pipeline.del(queue.toKey(jobId))
  })
  await pipeline.exec()
  expect(await sweep()).toBe(405)
  expect(await state.deadLetters.openByStage()).toEqual({ notify: 405 })
  expect(await state.deadLetters.groups()).toMatchObject([{ stage: 'notify', code: 'internal', count: 405 }])
  // After a week nothing is left of them, in the indexes neither.
  await state.deadLetters.trim(now + 8 * 24 * 3600_000)
  expect(await state.deadLetters.openByStage()).toEqual({})
})

test('a delivery whose workers died is a record only when nobody will try it again', async () => {
  const asker = { botId: 1, chatId: 7, userId: 7, threadId: null, messageId: 1 } as const
  const { requests, queues, redis } = state
  const ticket = await requests.create({ ...asker, chatType: 'private', language: 'en' }, 'u1', 'hash', 1)
  await requests.move(ticket, ['asked'], 'delivering')
  const request = await requests.get(ticket)
  const queue = queues.queue('send')
  await queue.add('send', { ticket, round: 1 }, { jobId: `${ticket}-1` })
  await redis.lrem(queue.toKey('wait'), 0, `${ticket}-1`)
  await redis.zadd(queue.toKey('failed'), Date.now(), `${ticket}-1`)
  const reason = 'job stalled more than allowable limit'
  await redis.hset(queue.toKey(`${ticket}-1`), { failedReason: reason, finishedOn: Date.now(), stc: 3 })
  expect([await sweep(), await sweep()]).toEqual([0, 0])
  // It is given up long after others have failed, which the cursor may not follow meanwhile.
  const later = Date.now() + 60_000
  await queue.add('send', { ticket: 'ABCDEF', round: 1 }, { jobId: 'other' })
  await redis.zadd(queue.toKey('failed'), later, 'other')
  await redis.hset(queue.toKey('other'), { failedReason: 'chat_unreachable', finishedOn: later })
  expect(await sweepFailed(state, later)).toBe(0)
  if (request) await requests.settle(request, { state: 'failed', failure: 'telegram_unavailable' })
  expect(await sweepFailed(state, later)).toBe(1)
  expect(await letters()).toMatchObject([
    { stage: 'send', code: 'stalled', crashes: 3, stderr: [], versions: {} },
  ])
})

test('links of a message stay in its job', async () => {
  run('intake', failing('internal'))
  const asker = { botId: 1, chatId: 7, userId: 7, threadId: null, messageId: 1 } as const
  await state.queues.add(
    'intake',
    {
      ...{ kind: 'links', origin: 'u1', links: ['https://site.example/secret'], receivedAtMs: 1 },
      asker: { ...asker, chatType: 'private', language: 'en' },
    },
    { jobId: 'u1' },
  )
  await ended('intake', 'u1')
  expect(await sweep()).toBe(1)
  expect(await letters()).toMatchObject([{ stage: 'intake', data: null }])
})

test('links that had not become requests do, so that the reconciler finds their person; once', async () => {
  const asker = {
    ...({ botId: 1, chatId: 7, chatType: 'private', threadId: null } as const),
    ...({ userId: 7, language: 'en', messageId: 1 } as const),
  }
  const links = ['https://site.example/1', 'https://site.example/2']
  run('intake', failing('internal'))
  await state.queues.add(
    'intake',
    { kind: 'links', asker, origin: 'u1-5', links, receivedAtMs: 1 },
    { jobId: 'u1-5' },
  )
  await ended('intake', 'u1-5')
  expect(await sweep()).toBe(1)
  await state.redis.del(
    state.keys.failedCursor,
    ...(await letters()).map(({ id }) => state.keys.deadLetter(id)),
  )
  await sweep()
  const owed = await state.requests.getMany(await state.requests.owed(Number.POSITIVE_INFINITY))
  expect(owed.map((request) => request?.state)).toEqual(['asked', 'asked'])
  expect(owed.map((request) => request?.origin).sort()).toEqual(['u1-5-0', 'u1-5-1'])
})
