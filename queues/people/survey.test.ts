import { afterAll, expect, test } from 'vitest'
import { testRedis } from '../../src/playground/testing/services.ts'
import { createState } from '../state.ts'

const { redis, prefix } = await testRedis()
const { surveys, keys, queues } = createState(redis, prefix)
afterAll(() => queues.close())

const BOT = 7
const DAY_MS = 24 * 3600_000
let lastId = 100
/** Somebody whose time for a survey it is. */
async function veteran(fields: Record<string, number> = { delivered: 10 }) {
  const userId = ++lastId
  await redis.hset(keys.person(BOT, userId), { firstSeenMs: Date.now() - 3 * DAY_MS - 5000, ...fields })
  return userId
}
async function asked(fields?: Record<string, number>) {
  const userId = await veteran(fields)
  return { userId, askedAtMs: (await surveys.begin(BOT, userId)) ?? 0 }
}
const isDue = async (userId: number) =>
  (await surveys.due(1000)).some((one) => one.botId === BOT && one.userId === userId)

test.each([
  ['who has had ten files', { delivered: 10 }, true],
  ['who has run into a limit', { delivered: 1, reached: 1 }, true],
  ['who has had nine', { delivered: 9 }, false],
  ['who was asked 89 days ago', { delivered: 50, lastSurveyMs: Date.now() - 89 * DAY_MS }, false],
  ['who was asked 91 days ago', { delivered: 50, lastSurveyMs: Date.now() - 91 * DAY_MS }, true],
])('%s', async (_who, fields, isTheirTime) => {
  const userId = await veteran(fields)
  const begun = await Promise.all(Array.from({ length: 20 }, () => surveys.begin(BOT, userId)))
  expect(begun.filter((one) => one !== null)).toHaveLength(isTheirTime ? 1 : 0)
})

test('a question that was not sent may be asked again', async () => {
  const { userId } = await asked()
  expect(await surveys.begin(BOT, userId)).toBeNull()
  await surveys.release(BOT, userId)
  expect(await surveys.begin(BOT, userId)).not.toBeNull()
})

test('each question is answered once, in its turn; words are taken, once', async () => {
  const { userId, askedAtMs } = await asked()
  const answer = (step: 'pmf' | 'usefulFor', value: string, at = askedAtMs) =>
    surveys.answer(BOT, userId, at, { step, value } as Parameters<typeof surveys.answer>[3])
  expect(await answer('usefulFor', 'video')).toBeNull()
  expect(await answer('pmf', 'very', askedAtMs + 1)).toBeNull()
  expect(await surveys.end(BOT, userId, { how: 'words', by: 'u0', words: 'early' })).toBeNull()
  const first = await Promise.all(['very', 'not', 'somewhat'].map((value) => answer('pmf', value)))
  expect(first).toEqual(['usefulFor', 'usefulFor', 'usefulFor'])
  expect(await surveys.end(BOT, userId, { how: 'skip', by: 'u0', askedAtMs })).toBeNull()
  expect(await answer('usefulFor', 'audio')).toBe('words')
  expect([await answer('usefulFor', 'speed'), await answer('pmf', 'not')]).toEqual(['words', 'words'])
  expect(await isDue(userId)).toBe(false)

  const words = `  ${'ж'.repeat(600)}\0 `
  const ended = await surveys.end(BOT, userId, { how: 'words', by: 'u1', words })
  expect(ended).toMatchObject({
    ...{ name: 'survey_completed', botId: BOT, userId, pmf: 'very', usefulFor: 'audio' },
    ...{ hasWords: true, downloads: 10, daysSinceFirst: 3 },
  })
  expect(JSON.stringify(ended)).not.toContain('ж')
  // The update comes again: the same event, and nobody else's words.
  expect(await surveys.end(BOT, userId, { how: 'words', by: 'u1', words })).toEqual(ended)
  expect(await surveys.end(BOT, userId, { how: 'words', by: 'u2', words: 'another' })).toBeNull()
  expect(await answer('pmf', 'not')).toBeNull()
  expect(await isDue(userId)).toBe(true)
  expect(await surveys.ended(BOT, userId)).toEqual({
    ...{ askedAtMs, pmf: 'very', usefulFor: 'audio', words: 'ж'.repeat(500) },
  })
  await surveys.forget(BOT, userId, askedAtMs - 1)
  expect(await isDue(userId)).toBe(true)
  await surveys.forget(BOT, userId, askedAtMs)
  expect([await isDue(userId), await redis.exists(keys.survey(BOT, userId))]).toEqual([false, 0])
})

test('after an hour, words are no answer any more', async () => {
  const { userId, askedAtMs } = await asked()
  await surveys.answer(BOT, userId, askedAtMs, { step: 'pmf', value: 'not' })
  await surveys.answer(BOT, userId, askedAtMs, { step: 'usefulFor', value: 'other' })
  const untilMs = Number(await redis.hget(keys.survey(BOT, userId), 'wordsUntilMs'))
  expect(untilMs - Date.now()).toBeGreaterThan(3500_000)
  expect(untilMs - Date.now()).toBeLessThan(3700_000)
  await redis.hset(keys.survey(BOT, userId), 'wordsUntilMs', Date.now() - 1)
  expect(await surveys.end(BOT, userId, { how: 'words', by: 'u1', words: 'late' })).toBeNull()
  // What was answered counts all the same, when the hour is over.
  expect(await surveys.end(BOT, userId, { how: 'late', by: 'late' })).toBeNull()
  await redis.zadd(keys.surveys, Date.now() - 2000, `${BOT}.${userId}`)
  expect(await surveys.end(BOT, userId, { how: 'late', by: 'late' })).toMatchObject({
    ...{ pmf: 'not', usefulFor: 'other', hasWords: false },
  })
})

test('who does not answer is not waited for', async () => {
  const { userId } = await asked()
  expect(await isDue(userId)).toBe(false)
  await redis.zadd(keys.surveys, Date.now() - 2000, `${BOT}.${userId}`)
  expect(await isDue(userId)).toBe(true)
  expect(await surveys.end(BOT, userId, { how: 'late', by: 'late' })).toBeNull()
  await surveys.forget(BOT, userId, null)
  expect(await isDue(userId)).toBe(false)
})
