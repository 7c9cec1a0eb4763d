import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it, test, vi } from 'vitest'
import { testRedis } from '../../src/playground/testing/services.ts'
import { AnalyticsEvent } from '../event.ts'
import { createState } from '../state.ts'
import { assign, createExperiments, type RunningTest } from './experiments.ts'

const { redis, prefix } = await testRedis()
const { events, keys, queues, scripts } = createState(redis, prefix)
afterAll(() => queues.close())

const BOT = 7
const limits = (shares: Record<string, number>, name = 'limits'): RunningTest => ({
  ...{ subject: 'free_downloads', name },
  variants: Object.entries(shares).map(([variant, share], n) => ({
    ...{ name: variant, share, config: { free: 10 + 5 * n } },
  })),
})
const fresh = () => createExperiments(redis, scripts, events, keys, { freshMs: 0 })
const publish = (...tests: unknown[]) => redis.set(keys.experiments, JSON.stringify(tests))
const seenEvents = async (userId: number) =>
  (await queues.queue('analytics').getJobs(['waiting', 'prioritized']))
    .flatMap(({ data }) => data.events.map((event: unknown) => AnalyticsEvent.parse(event)))
    .filter((event) => event.name === 'experiment_seen' && event.userId === userId)

describe('assign', () => {
  const PEOPLE = 30_000
  const countsOf = (tests: RunningTest[]) => {
    const counts = new Map<string, number>()
    for (let n = 0; n < PEOPLE; n++) {
      const key = tests.map((one) => assign(one, BOT, 5_000_000_000 + n) ?? 'none').join()
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    return counts
  }
  const chi2 = (counts: Map<string, number>, shares: Record<string, number>) =>
    Object.entries(shares).reduce((total, [name, share]) => {
      const expected = (PEOPLE * share) / 100
      return total + ((counts.get(name) ?? 0) - expected) ** 2 / expected
    }, 0)

  it.each([
    [{ a: 50, b: 50 }, 0, 10.83],
    [{ a: 10, b: 20, c: 70 }, 0, 13.82],
    [{ a: 20, b: 20 }, 60, 13.82],
    [{ only: 30 }, 70, 10.83],
  ])('gives each variant its share: %j', (shares, none, critical) => {
    const counts = countsOf([limits(shares)])
    expect(chi2(counts, none > 0 ? { ...shares, none } : shares)).toBeLessThan(critical)
    expect([...counts.values()].reduce((sum, one) => sum + one, 0)).toBe(PEOPLE)
  })

  it('of two tests, one says nothing of the other', () => {
    const counts = countsOf([limits({ a: 50, b: 50 }), limits({ a: 50, b: 50 }, 'other')])
    expect(chi2(counts, { 'a,a': 25, 'a,b': 25, 'b,a': 25, 'b,b': 25 })).toBeLessThan(16.27)
  })

  it('says the same every time, and nothing where nobody takes part', () => {
    const one = limits({ a: 50, b: 50 })
    expect(Array.from({ length: 50 }, () => assign(one, BOT, 42))).toEqual(
      Array.from({ length: 50 }, () => assign(one, BOT, 42)),
    )
    expect(assign(limits({ a: 0, b: 0 }), BOT, 42)).toBeNull()
    // Known answers of GrowthBook's second hash: whoever changes them moves people between variants.
    expect([1, 2, 3, 4, 5, 6, 7, 8].map((id) => assign(one, BOT, id)).join('')).toMatchInlineSnapshot(
      `"bababaab"`,
    )
  })
})

test('what cannot be read does not run, and does not stop the others', async () => {
  for (const broken of ['', '{', 'null', '{}']) {
    await redis.set(keys.experiments, broken)
    expect(await fresh().running()).toEqual([])
  }
  const good = limits({ a: 100 })
  await publish({ subject: 'free_downloads', name: 'x', variants: [] }, { subject: 'moon' }, 7, good)
  expect(await fresh().running()).toEqual([good])
})

test('who has met a variant keeps it, whatever becomes of the shares; the event comes once', async () => {
  const buttons = (video: number, audio: number): unknown => ({
    ...{ subject: 'buttons', name: 'order' },
    variants: [
      { name: 'as ever', share: video, config: {} },
      { name: 'sound first', share: audio, config: { order: 'audio_first' } },
    ],
  })
  await publish(buttons(0, 100))
  expect(await fresh().meet('ads', BOT, 1)).toBeNull()
  expect(await fresh().meet('buttons', BOT, 1)).toEqual({ order: 'audio_first' })
  await publish(buttons(100, 0))
  const met = await Promise.all(Array.from({ length: 20 }, () => fresh().meet('buttons', BOT, 1)))
  expect(new Set(met.map((one) => one?.order))).toEqual(new Set(['audio_first']))
  expect(await fresh().meet('buttons', BOT, 2)).toEqual({ order: 'video_first' })
  expect(await seenEvents(1)).toMatchObject([{ test: 'order', variant: 'sound first' }])
  expect(await seenEvents(2)).toMatchObject([{ test: 'order', variant: 'as ever' }])
  // With nobody's share, only those who have met it are in it.
  await publish(buttons(0, 0))
  expect(await fresh().meet('buttons', BOT, 1)).toEqual({ order: 'audio_first' })
  expect(await fresh().meet('buttons', BOT, 3)).toBeNull()
  await redis.del(keys.experiments)
  expect(await fresh().meet('buttons', BOT, 1)).toBeNull()
})

test('an event that was lost on its way comes with the next meeting', async () => {
  await publish({
    ...{ subject: 'buttons', name: 'lost', variants: [{ name: 'x', share: 100, config: {} }] },
  })
  await scripts.meet([keys.person(BOT, 11)], ['test.lost', 'unsaid.lost', 'x', 'x'])
  const metAtMs = Number(await redis.hget(keys.person(BOT, 11), 'unsaid.lost'))
  expect(await seenEvents(11)).toEqual([])
  await fresh().meet('buttons', BOT, 11)
  expect(await seenEvents(11)).toMatchObject([{ atMs: metAtMs }])
  expect(await redis.hexists(keys.person(BOT, 11), 'unsaid.lost')).toBe(0)
})

test('who was forgotten and comes back meets it anew', async () => {
  await publish({
    ...{ subject: 'buttons', name: 'again', variants: [{ name: 'x', share: 100, config: {} }] },
  })
  await fresh().meet('buttons', BOT, 12)
  const [first] = await seenEvents(12)
  await redis.del(keys.person(BOT, 12))
  // By the clock of Redis it is later.
  await vi.waitFor(
    async () => {
      const [seconds, micros] = await redis.time()
      expect(Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)).toBeGreaterThan(first?.atMs ?? 0)
    },
    { timeout: 30_000 },
  )
  await fresh().meet('buttons', BOT, 12)
  const [, ...others] = (await seenEvents(12)).toSorted((a, b) => a.atMs - b.atMs)
  expect(others).toHaveLength(1)
  expect(others[0]?.id).not.toBe(first?.id)
  expect(others[0]?.atMs).toBeGreaterThan(first?.atMs ?? 0)
})

test('the free limits of a test differ from the lowest on: who has used so many meets theirs', async () => {
  await publish(limits({ ten: 0, fifteen: 100 }))
  const { test: name, argument } = await fresh().freeDownloads(BOT, 20)
  expect(name).toBe('limits')
  const person = keys.person(BOT, 20)
  const script = readFileSync(new URL('../scripts/free-limit.lua', import.meta.url), 'utf8')
  const lua = `${script} local n, met, at = freeLimit(KEYS[1], tonumber(ARGV[1]), 3, ARGV[2]) return { n, met, at }`
  const limit = (used: number, of = argument) => redis.eval(lua, 1, person, used, of)
  expect(await limit(9)).toEqual([15, '', ''])
  expect(await redis.exists(person)).toBe(0)
  expect(await limit(10)).toEqual([15, 'fifteen', expect.stringMatching(/^\d{13}$/)])
  const atMs = Number(await redis.hget(person, 'unsaid.limits'))
  // Until its event is on its way.
  expect(await limit(11)).toEqual([15, 'fifteen', String(atMs)])
  await fresh().seen(BOT, 20, name, { variant: 'fifteen', atMs })
  expect(await limit(11)).toEqual([15, '', ''])
  await publish(limits({ ten: 100, fifteen: 0 }))
  expect(await limit(11, (await fresh().freeDownloads(BOT, 20)).argument)).toEqual([15, '', ''])
  await publish(limits({ ten: 0, fifteen: 0 }))
  expect(await limit(0, (await fresh().freeDownloads(BOT, 20)).argument)).toEqual([15, '', ''])
  await redis.del(person)
  expect(await limit(0, (await fresh().freeDownloads(BOT, 20)).argument)).toEqual([3, '', ''])
  await publish()
  expect(await fresh().freeDownloads(BOT, 20)).toEqual({ test: '', argument: '' })
})

test('what is free for somebody can be looked at, and they have met nothing by it', async () => {
  expect(await fresh().freeOf(BOT, 30)).toBeNull()
  await publish(limits({ ten: 0, fifteen: 100 }, 'looked'))
  expect(await fresh().freeOf(BOT, 30)).toBe(15)
  expect(await redis.exists(keys.person(BOT, 30))).toBe(0)
  await redis.hset(keys.person(BOT, 30), 'test.looked', 'ten')
  expect(await fresh().freeOf(BOT, 30)).toBe(10)
  await publish(limits({ ten: 0, fifteen: 0 }, 'looked'))
  expect(await fresh().freeOf(BOT, 31)).toBeNull()
  await publish()
})
