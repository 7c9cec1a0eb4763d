import { expect, test } from 'vitest'
import { FAULT_KINDS } from './fault.ts'
import { makePlan } from './plan.ts'

const options = {
  seed: 7,
  durationMs: 180_000,
  people: 20,
  groups: 3,
  processes: ['web', 'worker-fetch', 'worker-fetch-2', 'worker-send', 'bot'],
  kinds: FAULT_KINDS,
}

test('a seed replays its people and its faults; another one has others', () => {
  expect(makePlan(options)).toEqual(makePlan(options))
  const other = makePlan({ ...options, seed: 8 })
  expect(other.faults).not.toEqual(makePlan(options).faults)
  expect(other.asks).not.toEqual(makePlan(options).asks)
})

test('fewer kinds of faults leave the people as they are', () => {
  const { asks, faults } = makePlan({ ...options, kinds: ['redis_killed'] })
  expect(asks).toEqual(makePlan(options).asks)
  expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(['redis_killed']))
})

test.each([1, 2, 3, 4, 5])('with seed %i every kind of fault comes within three minutes', (seed) => {
  const { faults } = makePlan({ ...options, seed })
  expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(FAULT_KINDS))
  expect(faults.map(({ atMs }) => atMs).every((atMs) => atMs < options.durationMs)).toBe(true)
})

test('links of one message differ, and there is everything that people do', () => {
  const { asks } = makePlan(options)
  for (const { links } of asks) expect(new Set(links).size).toBe(links.length)
  expect(new Set(asks.map(({ intention }) => intention.what))).toEqual(new Set(['take', 'cancel', 'ignore']))
  expect(new Set(asks.map(({ place }) => place.in))).toEqual(new Set(['private', 'group', 'topic']))
  expect(asks.some(({ links }) => links.length > 1)).toBe(true)
})
