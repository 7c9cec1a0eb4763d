import { afterAll, describe, expect, it, test } from 'vitest'
import { testRedis } from '../../src/playground/testing/services.ts'
import { createState } from '../state.ts'
import { type Ad, pickAd } from './ads.ts'

const { redis, prefix } = await testRedis()
const { ads, keys, queues, requests } = createState(redis, prefix)
afterAll(() => queues.close())

const BOT = 7
const ad = (id: number, weight = 1): Ad => ({
  id,
  weight,
  message: 'A word from our friends',
  buttonText: 'Have a look',
  buttonUrl: 'https://example.com/',
})

/** The same numbers every time (mulberry32). */
function seeded(seed: number) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

describe('pickAd', () => {
  const DRAWS = 100_000
  /** 0.1% points of the chi-square distribution, by degrees of freedom. */
  const CRITICAL = [0, 10.83, 13.82, 16.27, 18.47]

  it.each([[[1, 1]], [[1, 2, 7]], [[10, 20, 70]], [[5, 0, 5]], [[0, 3, 0, 1]], [[1, 1, 1, 1, 1]]])(
    'shows each as often as its weight says: %j',
    (weights) => {
      const campaigns = weights.map((weight, id) => ad(id, weight))
      const random = seeded(11)
      const counts = new Map<number, number>()
      for (let n = 0; n < DRAWS; n++) {
        const id = pickAd(campaigns, random)?.id ?? -1
        counts.set(id, (counts.get(id) ?? 0) + 1)
      }
      const sum = weights.reduce((total, weight) => total + weight, 0)
      const drawn = weights.flatMap((weight, id) =>
        weight === 0 ? [] : [{ count: counts.get(id) ?? 0, expected: (DRAWS * weight) / sum }],
      )
      // What weighs nothing is never shown.
      expect(drawn.reduce((total, { count }) => total + count, 0)).toBe(DRAWS)
      const chi2 = drawn.reduce((total, { count, expected }) => total + (count - expected) ** 2 / expected, 0)
      expect(chi2).toBeLessThan(CRITICAL[drawn.length - 1] ?? 0)
    },
  )

  it('takes the only one, and none where there is none to show', () => {
    expect(pickAd([ad(3, 2)], () => 0.999999999)?.id).toBe(3)
    expect(pickAd([ad(1, 0), ad(2), ad(3, 0)], () => 0)?.id).toBe(2)
    expect(pickAd([ad(1), ad(2, 0)], () => 1)?.id).toBe(1)
    expect(pickAd([], () => 0.5)).toBeNull()
    expect(pickAd([ad(1, 0)], () => 0.5)).toBeNull()
  })
})

test('of what was published, only what may be shown runs; what cannot be read means none', async () => {
  expect(await ads.running()).toEqual([])
  for (const broken of ['', '{', '{}', 'null', '"x"', '[']) {
    await redis.set(keys.ads, broken)
    expect(await ads.running(), broken).toEqual([])
  }
  const bad = [
    { buttonUrl: 'javascript:alert(1)' },
    { buttonUrl: 'tg://resolve?domain=x' },
    { buttonUrl: 'example.com' },
    { buttonUrl: 'file:///etc/passwd' },
    { message: ' ' },
    { buttonText: 'x'.repeat(65) },
    { weight: -1 },
    { id: 'x' },
  ]
  await redis.set(
    keys.ads,
    JSON.stringify([ad(1), null, ...bad.map((more) => ({ ...ad(2), ...more })), ad(3)]),
  )
  expect((await ads.running()).map(({ id }) => id)).toEqual([1, 3])
})

const asker = {
  botId: BOT,
  chatId: 9,
  chatType: 'private',
  threadId: null,
  language: 'en',
  messageId: 1,
} as const
async function requestOf(userId: number) {
  const ticket = await requests.create({ ...asker, userId }, `u${Math.random()}`, 'h', 1)
  const request = await requests.get(ticket)
  if (!request) throw new Error('no request')
  return request
}

test('an ad is sent once per delivery, and its button is known from then on', async () => {
  const request = await requestOf(21)
  const claims = await Promise.all(Array.from({ length: 20 }, () => ads.claim(request, ad(4))))
  expect(claims.toSorted()).toEqual(['claimed', ...Array.from({ length: 19 }, () => 'no')])
  expect(await ads.of(request.ticket)).toBeNull()
  await ads.shown(request, 77)
  expect(await ads.claim(request, ad(5))).toBe('shown')
  expect(await ads.of(request.ticket)).toEqual({
    ...{ botId: BOT, chatId: 9, userId: 21, messageId: 77, campaignId: 4, round: 1 },
    ...{ buttonText: 'Have a look', buttonUrl: 'https://example.com/' },
  })
  // What was not sent may be tried again; right after another, nobody gets a second one.
  const next = await requestOf(21)
  expect(await ads.claim(next, ad(4))).toBe('no')
  await redis.hset(keys.person(BOT, 21), 'lastAdMs', Date.now() - 61_000)
  expect(await ads.claim(next, ad(4))).toBe('claimed')
  await ads.release(next)
  expect(await ads.claim(next, ad(6))).toBe('claimed')
  // A new round is a new delivery.
  await redis.hdel(keys.person(BOT, 21), 'lastAdMs')
  expect(await ads.claim({ ...request, round: 2 }, ad(6))).toBe('claimed')
  expect(await ads.of(request.ticket)).toBeNull()
})
