import { setImmediate } from 'node:timers/promises'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ensureInspection, ensureProduction, productionId } from '../queues/flow.ts'
import { linkHash } from '../queues/media.ts'
import type { StageName } from '../queues/pipeline.ts'
import { createState, type State } from '../queues/state.ts'
import { privateAsker } from '../queues/testing/samples.ts'
import { testRedis } from '../src/playground/testing/services.ts'
import type { Handler } from './context.ts'
import { createFailPoints } from './fail-point.ts'
import { Postpone } from './postpone.ts'
import { type RunningStage, runStage } from './run-stage.ts'
import { createTurn } from './turn.ts'

const BOT = 1
/** Longer than any pause of the machine. */
const LOCK_MS = 60_000
/** So short that its end can be waited for. */
const SHORT_LOCK_MS = 1500
const log = pino({ level: 'silent' })

let state: State
const running: RunningStage[] = []
let links = 0
/** What runs now, and what ever began, by the title that the test gave it. */
let active: Set<string>
let begun: string[]
let release: () => void
let released: Promise<void>

beforeEach(async () => {
  const { redis, prefix } = await testRedis()
  state = createState(redis, prefix)
  active = new Set()
  begun = []
  const gate = Promise.withResolvers<void>()
  released = gate.promise
  release = gate.resolve
})
afterEach(async () => {
  release()
  await Promise.all(running.splice(0).map((stage) => stage.stop(0)))
  await state.queues.close()
})

/** One worker process, as far as a stage knows. */
function run<N extends StageName>(name: N, handler: Handler<N>, concurrency: number, lockMs = LOCK_MS) {
  const deps = { ...state, log, failPoints: createFailPoints([]), maxActivePerPerson: 2, lockMs }
  running.push(runStage(name, handler, concurrency, { ...deps, stalledCheckMs: 1000 }))
}

async function request(userId: number) {
  const link = `https://site.example/${++links}`
  const hash = linkHash(link)
  return {
    hash,
    ticket: await state.requests.create(privateAsker(userId, BOT), `u${links}`, hash, Date.now()),
  }
}

/** Asks for an inspection; gives the id of its job. */
async function inspection(userId: number): Promise<string> {
  const { ticket, hash } = await request(userId)
  const joined = await state.joins.joinInspection({ ticket }, hash, Date.now())
  if (joined.how !== 'waiting') throw new Error(joined.how)
  const data = { ticket, linkHash: hash, generation: joined.generation }
  await ensureInspection(
    state.queues,
    state.joins,
    data,
    await state.fairness.priority('inspect', BOT, userId),
  )
  return productionId(ticket, joined.generation)
}

/** Asks for a production of a media of so many seconds. */
async function production(userId: number, durationS: number): Promise<string> {
  const { ticket, hash } = await request(userId)
  const mediaId = `site.${links}`
  await state.facts.save(hash, {
    ...{ mediaId, extractor: 'site', title: 't', uploader: null, durationS },
    ...{ choices: [{ format: 'v720', codec: null, sizeBytes: null }], inspectedAt: '2026-11-21T00:00:00Z' },
  })
  const joined = await state.joins.joinProduction({ ticket, botId: BOT }, mediaId, Date.now())
  if (joined.how !== 'waiting') throw new Error(joined.how)
  await ensureProduction(
    state.queues,
    state.joins,
    {
      ...{ ticket, mediaId, mediaKey: mediaId, format: 'v720', linkHash: hash },
      generation: joined.generation,
    },
    await state.fairness.production(BOT, userId),
  )
  return productionId(ticket, joined.generation)
}

const ended = (name: StageName, ids: readonly string[]) =>
  vi.waitFor(async () => {
    const states = await Promise.all(ids.map((id) => state.queues.queue(name).getJobState(id)))
    expect(new Set(states)).toEqual(new Set(['completed']))
  }, 30_000)

test('a person’s jobs share so many places over all processes, and others begin beside them', async () => {
  let most = 0
  const heavy = new Set<string>()
  const inspect: Handler<'inspect'> = async ({ data: { ticket } }) => {
    const { userId } = (await state.requests.get(ticket)) ?? { userId: 0 }
    begun.push(`${userId}`)
    if (userId !== 7) return { mediaId: 'site.1' }
    heavy.add(ticket)
    most = Math.max(most, heavy.size)
    await released
    heavy.delete(ticket)
    return { mediaId: 'site.1' }
  }
  const ids = await Promise.all(Array.from({ length: 6 }, () => inspection(7)))
  run('inspect', inspect, 4)
  run('inspect', inspect, 4)
  await vi.waitFor(() => expect(heavy.size).toBe(2), 30_000)
  const light = await Promise.all([8, 9, 10].map((userId) => inspection(userId)))
  await ended('inspect', light)
  // Everything of the heavy one has asked by now, and waits with its priority.
  await vi.waitFor(
    async () => expect(await state.queues.queue('inspect').getDelayedCount()).toBeGreaterThan(0),
    10_000,
  )
  expect([heavy.size, begun.length]).toEqual([2, 5])
  release()
  await ended('inspect', ids)
  expect(most).toBe(2)
  const jobs = await Promise.all(ids.map((id) => state.queues.queue('inspect').getJob(id)))
  expect(jobs.map((job) => job?.attemptsMade)).toEqual([1, 1, 1, 1, 1, 1])
  expect(jobs.map((job) => job?.priority).sort()).toEqual([1, 2, 3, 4, 5, 6])
  expect(await state.redis.exists(state.keys.fairPlaces('inspect', BOT, 7))).toBe(0)
})

test('the place of a worker that died is free when its lease is over; its own job has it at once', async () => {
  const person = { botId: BOT, userId: 7 }
  const take = (stage: 'inspect' | 'fetch', id: string, leaseMs: number) =>
    state.fairness.take(stage, person, id, 1, leaseMs)
  expect(await take('inspect', 'dead', LOCK_MS)).toBe(true)
  expect(await take('inspect', 'other', LOCK_MS)).toBe(false)
  expect(await take('inspect', 'dead', LOCK_MS)).toBe(true)
  expect(await take('fetch', 'dead', SHORT_LOCK_MS)).toBe(true)
  await vi.waitFor(async () => expect(await take('fetch', 'other', LOCK_MS)).toBe(true), 30_000)
  expect(await take('fetch', 'dead', LOCK_MS)).toBe(false)
})

test('a place is kept for as long as its job runs, and given back when it fails', async () => {
  run(
    'inspect',
    async ({ data: { ticket } }) => {
      active.add(ticket)
      await released
      throw new Error('failed')
    },
    1,
    SHORT_LOCK_MS,
  )
  const id = await inspection(7)
  const places = state.keys.fairPlaces('inspect', BOT, 7)
  await vi.waitFor(() => expect(active.size).toBe(1), 30_000)
  const first = Number(await state.redis.zscore(places, id))
  await vi.waitFor(
    async () => expect(Number(await state.redis.zscore(places, id))).toBeGreaterThan(first),
    10_000,
  )
  release()
  await vi.waitFor(async () => expect(await state.redis.exists(places)).toBe(0), 30_000)
})

test('long work leaves a place of its process to short work of another', async () => {
  const long = [await production(7, 7200), await production(8, 7200)]
  run(
    'fetch',
    async ({ data: { ticket, generation, mediaId } }) => {
      const id = productionId(ticket, generation)
      begun.push(id)
      if (long.includes(id)) await released
      return {
        ...{ artifact: 'p/raw.mp4', sizeBytes: 1, title: mediaId, uploader: null, cover: null },
        ytdlpVersion: '1',
      }
    },
    2,
  )
  await vi.waitFor(() => expect(begun).toEqual([long[0]]), 30_000)
  const short = [await production(9, 60), await production(10, 60)]
  await ended('fetch', short)
  expect(begun).toEqual([long[0], ...short])
  release()
  await ended('fetch', long)
})

test('what may not begin takes nothing, and does not move the clock', async () => {
  const { ticket } = await request(7)
  for (const id of ['a', 'b']) await state.fairness.take('fetch', { botId: BOT, userId: 7 }, id, 2, 60_000)
  await state.facts.save('hash', {
    ...{ mediaId: 'site.long', extractor: 'site', title: 't', uploader: null, durationS: 7200 },
    ...{ choices: [{ format: 'v720', codec: null, sizeBytes: null }], inspectedAt: '2026-11-21T00:00:00Z' },
  })
  const take = createTurn('fetch', 2, { ...state, log, maxActivePerPerson: 2, lockMs: LOCK_MS })
  const job = { id: 'c', priority: 9, attempt: 1, ticket, mediaId: 'site.long', format: 'v720' }
  await expect(take(job)).rejects.toBeInstanceOf(Postpone)
  await setImmediate()
  expect(await state.redis.exists(state.keys.fairClock('fetch'))).toBe(0)
  // The place for long work is free for another one.
  const { ticket: other } = await request(8)
  const leave = await take({ ...job, id: 'd', ticket: other })
  await setImmediate()
  expect(await state.redis.hget(state.keys.fairClock('fetch'), 'now')).toBe('8')
  await expect(take({ ...job, id: 'e', ticket: other })).rejects.toBeInstanceOf(Postpone)
  leave()
  const again = await take({ ...job, id: 'e', ticket: other })
  again()
})
