import { beforeEach, expect, test } from 'vitest'
import { testRedis } from '../src/playground/testing/services.ts'
import { createState, type State } from './state.ts'

let state: State
beforeEach(async () => {
  const { redis, prefix } = await testRedis()
  state = createState(redis, prefix)
})

/** Queues a link per person of `order`, then lets them begin by priority; gives who began, in order. */
async function begin(order: number[]): Promise<number[]> {
  const jobs: { person: number; priority: number }[] = []
  for (const person of order)
    jobs.push({ person, priority: await state.fairness.priority('fetch', 1, person) })
  const begun: number[] = []
  for (const { person, priority } of jobs.sort((a, b) => a.priority - b.priority)) {
    await state.fairness.started('fetch', priority)
    begun.push(person)
  }
  return begun
}

test('one person with 200 links does not delay those with one', async () => {
  const heavy = Array.from({ length: 200 }, () => 1)
  const light = Array.from({ length: 20 }, (_, index) => 100 + index)
  const begun = await begin([...heavy, ...light])
  // Everybody's first link comes before the heavy one's second.
  expect(begun.slice(0, 21).sort()).toEqual([1, ...light].sort())
  expect(begun.length).toBe(220)
})

test('who comes later lines up beside those who are being served, not before all of the past', async () => {
  await begin([1, 1, 1, 1, 1])
  const late = await state.fairness.priority('fetch', 1, 2)
  const heavy = await state.fairness.priority('fetch', 1, 1)
  expect(late).toBe(5)
  expect(heavy).toBe(6)
})

test('an idle queue starts over before priorities run out', async () => {
  await state.fairness.started('fetch', 1_500_000)
  expect(await state.fairness.priority('fetch', 1, 1)).toBe(1)
})

test('what still waits somewhere keeps its place: the clock starts over without it only', async () => {
  await state.fairness.started('fetch', 1_500_000)
  const job = await state.queues.queue('fetch').add('fetch', {}, { delay: 3600_000, priority: 1_500_001 })
  expect(await state.fairness.priority('fetch', 1, 1)).toBe(1_500_000)
  await job.remove()
  expect(await state.fairness.priority('fetch', 1, 2)).toBe(1)
})

test('who comes new does not stand behind what was fetched and now waits to be transcoded', async () => {
  for (let link = 1; link <= 50; link++) {
    const heavy = await state.fairness.production(1, 1)
    expect(heavy).toEqual({ fetch: link, transcode: link })
    await state.fairness.started('fetch', heavy.fetch)
    if (link <= 3) await state.fairness.started('transcode', heavy.transcode)
  }
  expect(await state.fairness.production(1, 2)).toEqual({ fetch: 50, transcode: 3 })
})

test('a message with many links is worth as many messages', async () => {
  expect(await state.fairness.priority('intake', 1, 1, 20)).toBe(1)
  expect(await state.fairness.priority('intake', 1, 1)).toBe(21)
  expect(await state.fairness.priority('intake', 1, 2)).toBe(1)
})
