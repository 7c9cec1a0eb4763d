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
