import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startWeb } from '../testing/web-under-test.ts'
import { startWebWithDatabase } from '../testing/web-with-database.ts'
import { createKeptAnswers } from './kept-answers.ts'

let web: Awaited<ReturnType<typeof startWebWithDatabase>>
beforeAll(async () => {
  web = await startWebWithDatabase()
})
afterAll(() => web?.close())
beforeEach(async () => {
  const { redis, keys } = web.state
  const kept = await redis.keys(keys.statsAnswer('*'))
  if (kept.length > 0) await redis.del(...kept)
})

test('an answer is kept for a while, and two who ask at once share one query', async () => {
  const { redis, keys } = web.state
  const local = await startWeb({
    ...{ redis, prefix: keys.prefix, databaseUrl: web.databaseUrl, answersKeptMs: 60_000 },
  })
  const ask = async (query = '') => await (await local.get(`/stats/summary${query}`, web.viewer)).json()
  const [first, second] = await Promise.all([ask(), ask()])
  expect(second).toEqual(first)
  await web.db.query(`INSERT INTO videos VALUES ('new', 'x', now(), 1000, now())`)
  expect(await ask()).toEqual(first)
  const kept = await redis.keys(keys.statsAnswer('*'))
  expect(kept).toHaveLength(1)
  expect(await redis.pttl(kept[0] ?? '')).toBeGreaterThan(0)
  await redis.del(...kept)
  expect(await ask()).toMatchObject({ total_downloads: 1000 })
  await local.close()
})

test('an answer that took long is kept longer', async () => {
  const { redis, keys } = web.state
  const kept = createKeptAnswers(redis, keys, 1)
  await kept('slow', async () => await delay(100, 'made'))
  const [key] = await redis.keys(keys.statsAnswer('*'))
  expect(await redis.pttl(key ?? '')).toBeGreaterThan(2_000)
  expect(await kept('slow', () => Promise.reject(new Error('asked again')))).toBe('"made"')
})

test('what a running experiment has shown is not what it shows after its end', async () => {
  const { redis, keys } = web.state
  const local = await startWeb({
    ...{ redis, prefix: keys.prefix, databaseUrl: web.databaseUrl, answersKeptMs: 60_000 },
  })
  await web.postJson('/experiments', {
    ...{ name: 'order', subject: 'buttons', goal: 'user_referred' },
    variants: ['a', 'b'].map((name) => ({ name, share: 50 })),
  })
  const results = async () => await (await local.get('/api/experiments/1/results', web.viewer)).json()
  await web.postJson('/experiments/1/start', {})
  expect(await results()).toMatchObject({ isActive: true })
  await web.postJson('/experiments/1/stop', {})
  expect(await results()).toMatchObject({ isActive: false })
  await local.close()
})
