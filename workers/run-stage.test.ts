import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { StageError } from '../queues/failure.ts'
import { ensureProduction, productionId } from '../queues/flow.ts'
import type { StageName } from '../queues/pipeline.ts'
import type { ProductionData } from '../queues/production.ts'
import { createState, type State } from '../queues/state.ts'
import { privateAsker, SAMPLE_FILE } from '../queues/testing/samples.ts'
import { testRedis } from '../src/playground/testing/services.ts'
import type { Handler } from './context.ts'
import { createFailPoints } from './fail-point.ts'
import { Postpone } from './postpone.ts'
import { createHandler as createPublish } from './publish/handler.ts'
import { type RunningStage, runStage } from './run-stage.ts'
import { createRuns } from './runs.ts'

let state: State
const running: RunningStage[] = []
let unique = 0
let removed: string[] = []
const artifacts = {
  remove: async (id: string) => {
    removed.push(id)
  },
}

beforeEach(async () => {
  removed = []
  const { redis, prefix } = await testRedis()
  state = createState(redis, prefix)
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((stage) => stage.stop(0)))
  await state.queues.close()
})

function run<N extends StageName>(name: N, handler: Handler<N>, settings: { stalledCheckMs?: number } = {}) {
  const stage = runStage(name, handler, 4, {
    ...state,
    log: pino({ level: 'silent' }),
    failPoints: createFailPoints([]),
    maxActivePerPerson: 3,
    lockMs: 3000,
    stalledCheckMs: 1000,
    ...settings,
  })
  running.push(stage)
  return stage
}

const ended = async (name: StageName, jobId: string) =>
  await vi.waitFor(async () => {
    // The state first: a job that is read before it ends does not know its end.
    const how = await state.queues.queue(name).getJobState(jobId)
    const job = await state.queues.queue(name).getJob(jobId)
    if (!job || (how !== 'completed' && how !== 'failed')) throw new Error(`${how}`)
    return { how, job }
  }, 20_000)

const send = { ticket: 'ABCDEF', round: 1 }

test('a result is kept, and data that is no data of the stage is refused', async () => {
  run('send', async ({ data }) => ({ how: data.ticket }))
  await state.queues.add('send', send, { jobId: 'a' })
  expect((await ended('send', 'a')).job.returnvalue).toEqual({ how: 'ABCDEF' })
  await state.queues.queue('send').add('send', { ticket: '../etc' }, { jobId: 'b', attempts: 3 })
  expect((await ended('send', 'b')).job.failedReason).toBe('input_missing: not the data of this stage')
})

test('a failure that stays takes one attempt, one that may pass takes another', async () => {
  const attempts: string[] = []
  run('send', async ({ data }, { attempt }) => {
    attempts.push(`${data.round}.${attempt}`)
    if (data.round === 1) throw new StageError('gone', { detail: 'HTTP 404 at https://x.y/z' })
    if (attempt === 1) throw new StageError('network')
    return { how: 'ok' }
  })
  await state.queues.add('send', send, { jobId: 'a' })
  await state.queues.add('send', { ...send, round: 2 }, { jobId: 'b' })
  expect((await ended('send', 'a')).job.failedReason).toBe('gone: HTTP 404 at [link]')
  expect((await ended('send', 'b')).how).toBe('completed')
  expect(attempts.sort()).toEqual(['1.1', '2.1', '2.2'])
})

const PATIENCE = { timeout: 60_000, interval: 50 }
const lockOf = (jobId: string) => `${state.queues.queue('send').toKey(jobId)}:lock`

/** Jobs of the stage `send` whose runs end when the test says so, whatever they are told. */
function stubborn(settings?: { stalledCheckMs: number }) {
  const runs: { signal: AbortSignal; end(result: { how: string }): void }[] = []
  const handler: Handler<'send'> = (_, { signal }) => new Promise((end) => runs.push({ signal, end }))
  run('send', handler, settings)
  return {
    runs,
    begun: async (count: number) => await vi.waitFor(() => expect(runs).toHaveLength(count), PATIENCE),
  }
}

test('a lock that has passed is taken again while nobody else has the job', async () => {
  const { runs, begun } = stubborn({ stalledCheckMs: 600_000 })
  await state.queues.add('send', send, { jobId: 'a' })
  await begun(1)
  const token = await state.redis.getdel(lockOf('a'))
  await vi.waitFor(async () => expect(await state.redis.get(lockOf('a'))).toBe(token), PATIENCE)
  runs[0]?.end({ how: 'first' })
  const { job } = await ended('send', 'a')
  expect([job.returnvalue, job.stalledCounter, runs.length]).toEqual([{ how: 'first' }, 0, 1])
})

test('a run that was overtaken is stopped; the next one in the same worker keeps its own lock', async () => {
  const { runs, begun } = stubborn()
  await state.queues.add('send', send, { jobId: 'a' })
  await begun(1)
  await state.redis.set(lockOf('a'), 'somebody else', 'PX', 60_000)
  await vi.waitFor(() => expect(runs[0]?.signal.reason).toBe('lock_lost'), PATIENCE)
  await state.redis.del(lockOf('a'))
  await begun(2)
  runs[0]?.end({ how: 'first' })
  let left = 0
  const isRenewed = async () => {
    const before = left
    left = await state.redis.pttl(lockOf('a'))
    expect(left).toBeGreaterThan(before)
  }
  for (let times = 0; times < 4; times++) await vi.waitFor(isRenewed, PATIENCE)
  expect(runs[1]?.signal.aborted).toBe(false)
  runs[1]?.end({ how: 'second' })
  const { job } = await ended('send', 'a')
  expect([job.returnvalue, job.stalledCounter, runs.length]).toEqual([{ how: 'second' }, 1, 2])
})

test('the queue gave a job out again before its first run noticed: that one is stopped by the second', async () => {
  const queue = state.queues.queue('send')
  const runs = createRuns({ redis: state.redis, queue, lockMs: 600_000, timeoutMs: 600_000 })
  const log = pino({ level: 'silent' })
  const [first, other, second] = ['a', 'b', 'a'].map((id, n) =>
    runs.begin({ job: { id }, token: `${n}`, log }),
  )
  expect([first, other, second].map((one) => one?.stoppedFor())).toEqual(['lock_lost', null, null])
  first?.end()
  expect([runs.stop('cancelled', 'a'), second?.stoppedFor(), other?.stoppedFor()]).toEqual([
    true,
    'cancelled',
    null,
  ])
  for (const one of [other, second]) one?.end()
  expect(runs.stop('shutdown')).toBe(false)
})

test('what is postponed comes back and uses up no attempt', async () => {
  let calls = 0
  run('send', async () => {
    if (++calls < 3) throw new Postpone(20)
    return { how: 'ok' }
  })
  await state.queues.add('send', send, { jobId: 'a' })
  const { job } = await ended('send', 'a')
  expect([job.attemptsMade, calls]).toEqual([1, 3])
})

test('how long a run took is noted for who waited, when it came through', async () => {
  const { data, id } = await production()
  let runs = 0
  run('fetch', async () => {
    if (++runs === 1) throw new StageError('network')
    return FETCHED
  })
  run('transcode', async () => ({ artifact: 'p/ready.mp4', thumbnail: null, file: SAMPLE_FILE }))
  await ensureProduction(state.queues, state.joins, data, 1)
  await ended('transcode', id)
  const { generation } = data
  const noted = () => state.stageSeconds.of({ generation, inspectKey: null, linkHash: 'hash' })
  await vi.waitFor(
    async () => expect(await noted()).toEqual({ fetch: expect.any(Number), transcode: expect.any(Number) }),
    { timeout: 30_000 },
  )
  expect(await state.stageSeconds.of({ generation: null, inspectKey: null, linkHash: 'hash' })).toEqual({})
})

test('the canary comes back without the handler', async () => {
  run('send', async () => {
    throw new Error('never called')
  })
  await state.queues.queue('send').add('canary', {}, { jobId: 'canary', removeOnComplete: true })
  await vi.waitFor(
    async () => expect(Number(await state.redis.hget(state.keys.canary, 'send'))).toBeGreaterThan(0),
    { timeout: 30_000 },
  )
})

test('a stopping process gives its jobs back, and another one ends them', async () => {
  const first = run('send', async (_, { signal }) => {
    await new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(new Error('aborted'))),
    )
    return { how: 'never' }
  })
  await state.queues.add('send', send, { jobId: 'a' })
  await vi.waitFor(async () => expect(await state.queues.queue('send').getActiveCount()).toBe(1), {
    timeout: 30_000,
  })
  await first.stop(0)
  run('send', async () => ({ how: 'second' }))
  const { job } = await ended('send', 'a')
  expect([job.returnvalue, job.attemptsMade]).toEqual([{ how: 'second' }, 1])
})

test('what fails while its process stops is given back too, and nothing is held against it', async () => {
  const killed = Promise.withResolvers<never>()
  const first = run('send', () => killed.promise)
  await state.queues.add('send', send, { jobId: 'a' })
  await vi.waitFor(async () => expect(await state.queues.queue('send').getActiveCount()).toBe(1), {
    timeout: 30_000,
  })
  const stopped = first.stop(600_000)
  // As a tool that the same Ctrl-C has reached.
  killed.reject(new Error('exit by a signal'))
  await stopped
  run('send', async () => ({ how: 'second' }))
  const { job } = await ended('send', 'a')
  expect([job.returnvalue, job.attemptsMade, job.failedReason]).toEqual([{ how: 'second' }, 1, undefined])
})

/** A production with a person who waits for it. */
async function production() {
  const ticket = await state.requests.create(privateAsker(7), `u-${++unique}`, 'hash', 1)
  const mediaKey = `site.${unique}.v720.full.public`
  const joined = await state.joins.joinProduction({ ticket, botId: 1 }, mediaKey, Date.now())
  if (joined.how !== 'waiting') throw new Error(joined.how)
  const data: ProductionData = {
    ticket,
    mediaId: 'site.1',
    mediaKey,
    format: 'v720',
    linkHash: 'hash',
    generation: joined.generation,
  }
  return { data, id: productionId(ticket, joined.generation) }
}

const FETCHED = {
  artifact: 'p/raw.mp4',
  sizeBytes: 1,
  title: 't',
  uploader: null,
  cover: null,
  ytdlpVersion: '1',
}
const runUpper = () => {
  run('transcode', async ({ input }) => ({
    artifact: input?.artifact ?? '',
    thumbnail: null,
    file: SAMPLE_FILE,
  }))
  run('publish', createPublish({ ...state, artifacts }))
}

test('a production hands each result to the next stage and ends in a delivery', async () => {
  run('fetch', async () => FETCHED)
  runUpper()
  const { data, id } = await production()
  await ensureProduction(state.queues, state.joins, data, 1)
  await ensureProduction(state.queues, state.joins, data, 1)
  expect((await ended('publish', id)).job.returnvalue).toEqual({ outcome: 'made', waiters: 1 })
  expect((await state.requests.get(data.ticket))?.state).toBe('delivering')
  expect(await state.queues.queue('send').getJob(`${data.ticket}-1`)).toBeTruthy()
})

test('the reason of the stage that failed reaches the person, not that of those above it', async () => {
  run('fetch', async () => {
    throw new StageError('private')
  })
  runUpper()
  const { data, id } = await production()
  await ensureProduction(state.queues, state.joins, data, 1)
  expect((await ended('publish', id)).job.returnvalue).toEqual({ outcome: 'private', waiters: 1 })
  expect(removed).toEqual([id])
  expect(await state.requests.get(data.ticket)).toMatchObject({ state: 'failed', failure: 'private' })
  expect(await state.queues.queue('notify').getJobCountByTypes('prioritized')).toBeGreaterThan(0)
})

test('an attempt that failed before one that came through is not the reason', async () => {
  run('fetch', async (_, { attempt }) => {
    if (attempt === 1) throw new StageError('network')
    return FETCHED
  })
  run('transcode', async () => {
    throw new StageError('not_media')
  })
  run('publish', createPublish({ ...state, artifacts }))
  const { data, id } = await production()
  await ensureProduction(state.queues, state.joins, data, 1)
  expect((await ended('publish', id)).job.returnvalue).toEqual({ outcome: 'not_media', waiters: 1 })
})

test('people have their sends before the cache is asked, and the upload gets what transcode made', async () => {
  run('fetch', async () => FETCHED)
  runUpper()
  const { data, id } = await production()
  await ensureProduction(state.queues, state.joins, data, 1)
  await ended('publish', id)
  expect((await state.requests.get(data.ticket))?.state).toBe('delivering')
  const handed: unknown[] = []
  run('upload', async ({ input }) => {
    handed.push(input)
    return { media: null, thumbnail: null }
  })
  await ended('upload', id)
  expect(handed).toEqual([{ artifact: FETCHED.artifact, thumbnail: null, file: SAMPLE_FILE }])
})

test('work that begins at a later stage gets what the stage below once handed over', async () => {
  runUpper()
  const { data, id } = await production()
  await ensureProduction(state.queues, state.joins, { ...data, input: FETCHED }, 1, 'transcode')
  expect((await ended('publish', id)).job.returnvalue).toEqual({ outcome: 'made', waiters: 1 })
  expect(await state.queues.queue('fetch').getJob(id)).toBeUndefined()
})

test('who was told why is remembered, and what was made is kept for a replay', async () => {
  run('fetch', async () => FETCHED)
  run('transcode', async () => {
    throw new StageError('extractor_broken')
  })
  run('publish', createPublish({ ...state, artifacts }))
  const { data, id } = await production()
  await ensureProduction(state.queues, state.joins, data, 1)
  await ended('publish', id)
  const { told, drain } = state.keys
  expect(await state.redis.smembers(told(data.mediaKey, data.generation))).toEqual([data.ticket])
  expect(await state.redis.exists(drain(data.mediaKey, data.generation))).toBe(0)
  expect(removed).not.toContain(id)
})

test('the last one out stops the work; what had not begun never begins', async () => {
  let begun = 0
  const fetch = run('fetch', async (_, { signal }) => {
    begun++
    await new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(new Error('killed'))),
    )
    return FETCHED
  })
  runUpper()
  const { data, id } = await production()
  await ensureProduction(state.queues, state.joins, data, 1)
  await vi.waitFor(() => expect(begun).toBe(1), { timeout: 30_000 })
  const request = await state.requests.get(data.ticket)
  if (request) expect(await state.joins.leave(request)).toBe('cancelled')
  expect(fetch.cancel(id)).toBe(true)
  expect((await ended('fetch', id)).job.failedReason).toBe('cancelled')
  expect((await ended('publish', id)).job.returnvalue).toEqual({ outcome: 'cancelled', waiters: 0 })

  const second = await production()
  const leaver = await state.requests.get(second.data.ticket)
  if (leaver) await state.joins.leave(leaver)
  // Somebody else asks for the same meanwhile: that is another generation, and no reason to do this one.
  const other = await production()
  await state.joins.joinProduction({ ticket: other.data.ticket, botId: 1 }, second.data.mediaKey, Date.now())
  await ensureProduction(state.queues, state.joins, second.data, 1)
  expect((await ended('publish', second.id)).job.returnvalue).toEqual({ outcome: 'cancelled', waiters: 0 })
  expect(begun).toBe(1)
})
