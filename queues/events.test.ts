import { once } from 'node:events'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { startRedis } from '../src/playground/engines/redis.ts'
import { testDir, testRedis } from '../src/playground/testing/services.ts'
import { createRedis } from '../src/shared/redis.ts'
import { type AnalyticsEvent, eventId, type Happening } from './event.ts'
import { createEvents } from './events.ts'
import { analytics, MOST_EVENTS } from './stages/analytics.ts'
import { createState } from './state.ts'

const { redis, prefix } = await testRedis()
const { events, keys, queues } = createState(redis, prefix)
afterAll(() => queues.close())
beforeEach(() => queues.queue('analytics').obliterate({ force: true }))

const used = (n: number): AnalyticsEvent => ({
  ...{ id: eventId('feature_used', n), name: 'feature_used', atMs: 1_000_000 + n },
  ...{ botId: 7, userId: n, feature: 'help' },
})
const many = (count: number) => Array.from({ length: count }, (_, n) => used(n))
const happening = (what: string): Happening => ({
  ...{ id: eventId('feature_used', what), name: 'feature_used', botId: 7, userId: 1, feature: 'stats' },
})

async function jobs() {
  const found = await queues.queue('analytics').getJobs(['wait'], 0, -1, true)
  return found.map((job) => ({ id: job.id, events: analytics.data.parse(job.data).events }))
}
const idsOf = (list: readonly { id: string }[]) => list.map(({ id }) => id).sort()

test('a lone event is in the queue when its call ends, under its own id; again, it is not even a second job', async () => {
  await events.publish(used(1))
  await events.publish(used(1))
  expect(await jobs()).toEqual([{ id: used(1).id, events: [used(1)] }])
})

test('what comes while a job is on its way shares the next one, and none is too large', async () => {
  const add = vi.spyOn(queues, 'add')
  try {
    await Promise.all(many(2 * MOST_EVENTS + 2).map(events.publish))
    // The first left alone: it did not wait for the others.
    expect(add.mock.calls.map(([, data]) => 'events' in data && data.events.length)).toEqual([
      1,
      MOST_EVENTS,
      MOST_EVENTS,
      1,
    ])
    expect(idsOf((await jobs()).flatMap((job) => job.events))).toEqual(idsOf(many(2 * MOST_EVENTS + 2)))
  } finally {
    add.mockRestore()
  }
})

test('each call ends with its own job: what one job meets is nothing to the others', async () => {
  const sent: number[] = []
  let third: Promise<void> | undefined
  const add = vi.spyOn(queues, 'add').mockImplementation(async (_, data) => {
    const size = 'events' in data ? data.events.length : 0
    sent.push(size)
    if (sent.length !== 2) return
    third = events.publish(used(4))
    throw new Error('away')
  })
  try {
    const first = events.publish(used(1))
    const second = [events.publish(used(2)), events.publish(used(3))]
    const settled = await Promise.allSettled([first, ...second])
    settled.push(...(await Promise.allSettled([third])))
    expect(third).toBeDefined()
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    expect(sent).toEqual([1, 2, 1])
    // And goes on after that.
    await events.publish(used(5))
  } finally {
    add.mockRestore()
  }
})

test('a call has not ended before its event is in the queue: a process that dies then has promised nothing', async () => {
  const gate = Promise.withResolvers<void>()
  const add = vi.spyOn(queues, 'add').mockImplementation(() => gate.promise)
  try {
    const ended = vi.fn()
    const both = [events.publish(used(1)).then(ended), events.publish(used(2)).then(ended)]
    await new Promise(setImmediate)
    expect(ended).not.toHaveBeenCalled()
    gate.resolve()
    await Promise.all(both)
    expect(ended).toHaveBeenCalledTimes(2)
  } finally {
    add.mockRestore()
  }
})

test('what happens again keeps the time when it first happened, whoever reports it', async () => {
  const other = createEvents(redis, queues, keys)
  const before = Date.now()
  await events.publishNow(happening('a'))
  const after = Date.now()
  const clock = vi.spyOn(Date, 'now').mockReturnValue(after + 3_600_000)
  try {
    await Promise.all([events.publishNow(happening('a')), other.publishNow(happening('a'))])
    await other.publishNow(happening('b'))
  } finally {
    clock.mockRestore()
  }
  const told = (await jobs()).flatMap((job) => job.events)
  const timesOf = (what: string) => told.filter(({ id }) => id === happening(what).id).map(({ atMs }) => atMs)
  expect(new Set(timesOf('a')).size).toBe(1)
  expect(timesOf('a')[0]).toBeGreaterThanOrEqual(before)
  expect(timesOf('a')[0]).toBeLessThanOrEqual(after)
  expect(timesOf('b')).toEqual([after + 3_600_000])
  expect(await redis.pttl(keys.birth(happening('a').id))).toBeGreaterThan(24 * 3_600_000)
})

test('many processes at once: one moment for one happening', async () => {
  const tellers = Array.from({ length: 10 }, () => createEvents(redis, queues, keys))
  await Promise.all(tellers.map((teller) => teller.publishNow(happening('c'))))
  const times = new Set((await jobs()).flatMap((job) => job.events).map(({ atMs }) => atMs))
  expect(times.size).toBe(1)
})

test('without Redis who publishes hears of it, and with it again the next one arrives', async () => {
  const dir = await testDir()
  let engine = await startRedis({ dir })
  const client = createRedis(engine.url, { role: 'producer' })
  await once(client, 'ready')
  const state = createState(client, 'away')
  try {
    await state.events.publish(used(1))
    await engine.kill()
    const away = await Promise.allSettled([
      state.events.publish(used(2)),
      state.events.publish(used(3)),
      state.events.publishNow(happening('d')),
    ])
    expect(away.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    engine = await startRedis({ dir, port: Number(new URL(engine.url).port) })
    await vi.waitFor(() => state.events.publish(used(4)), { timeout: 30_000, interval: 50 })
    const found = await state.queues.queue('analytics').getJobs(['wait'])
    expect(found.map((job) => job.id)).toContain(used(4).id)
  } finally {
    client.disconnect()
    await state.queues.close().catch(() => undefined)
    await engine.stop()
  }
})
