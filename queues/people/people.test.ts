import { beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { testRedis } from '../../src/playground/testing/services.ts'
import { createState, type State } from '../state.ts'
import { calendarDay } from './calendar.ts'
import { sessionStart } from './sessions.ts'

let state: State
let person = 1000
let actions = 0
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
/** Long ago, so that no time of a test is ahead of the clock. */
const T0 = Date.UTC(2026, 0, 1, 12)

beforeAll(async () => {
  const { redis, prefix } = await testRedis()
  state = createState(redis, prefix)
})
beforeEach(() => {
  person++
})
const seen = (atMs: number | null, origin = `u${++actions}`, language = 'en') =>
  state.people.seen(1, person, { origin, atMs, language })
const known = () => state.people.get(1, person)

test('the first action ever begins the first session', async () => {
  expect(await seen(T0)).toEqual({
    ...{ isNew: true, ordinal: 1, atMs: T0, daysSinceFirst: 0, daysSinceLast: null },
    ...{ isBlocked: false, invited: false, source: null },
  })
  expect(await known()).toMatchObject({ firstSeenMs: T0, lastSeenMs: T0, sessions: 1, language: 'en' })
})

test.each([
  ['29:59', 30 * MINUTE - 1000, null],
  ['30:00', 30 * MINUTE, null],
  ['30:00.001', 30 * MINUTE + 1, 2],
  ['30:01', 30 * MINUTE + 1000, 2],
])('after a pause of %s', async (_name, pauseMs, ordinal) => {
  await seen(T0)
  expect(await seen(T0 + pauseMs)).toMatchObject({ isNew: false, ordinal })
  expect((await known()).sessions).toBe(ordinal ?? 1)
})

test('every action makes the session go on, however long it gets', async () => {
  for (let n = 0; n <= 10; n++) await seen(T0 + n * 29 * MINUTE)
  expect((await known()).sessions).toBe(1)
  expect(await seen(T0 + 10 * 29 * MINUTE + 3 * DAY)).toMatchObject({
    ...{ ordinal: 2, daysSinceFirst: 3, daysSinceLast: 3 },
  })
})

test('the same action again says the same, and counts once', async () => {
  await seen(T0, 'first')
  const again = await seen(T0, 'first')
  expect(again).toMatchObject({ isNew: true, ordinal: 1 })
  const second = await seen(T0 + DAY, 'second')
  expect(await seen(T0 + DAY, 'second')).toEqual(second)
  expect(second).toMatchObject({ isNew: false, ordinal: 2, daysSinceLast: 1 })
  expect((await known()).sessions).toBe(2)
})

test('what comes late takes nothing back, and begins nothing', async () => {
  await seen(T0, 'a', 'en')
  await seen(T0 + DAY, 'b', 'ru')
  expect(await seen(T0 + DAY - 2 * 3600_000, 'c', 'de')).toMatchObject({ isNew: false, ordinal: null })
  expect(await known()).toMatchObject({ lastSeenMs: T0 + DAY, language: 'ru', sessions: 2 })
  // Its lateness does not cut the session in two either.
  expect(await seen(T0 + DAY + MINUTE)).toMatchObject({ ordinal: null })
})

test('50 at once are one session, and one first action', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => seen(T0 + n)))
  expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1)
  expect(answers.filter(({ ordinal }) => ordinal !== null)).toHaveLength(1)
  expect(await known()).toMatchObject({ sessions: 1, lastSeenMs: T0 + 49 })
})

test('an action without a time of its own is now; one of a clock that is ahead, too', async () => {
  const before = Date.now()
  expect((await seen(null)).atMs).toBeGreaterThanOrEqual(before - 1000)
  await seen(before + 400 * DAY)
  expect((await known()).lastSeenMs).toBeLessThan(before + DAY)
})

test('an admin’s word is kept, and taken back', async () => {
  await state.people.change(1, person, { isBlocked: true, isPaid: true, freeLimit: 0 })
  expect(await known()).toMatchObject({ isBlocked: true, isPaid: true, freeLimit: 0, firstSeenMs: null })
  // Who was blocked before they came is new all the same.
  expect(await seen(T0)).toMatchObject({ isNew: true, isBlocked: true, ordinal: 1 })
  await state.people.change(1, person, { isBlocked: false, isPaid: false, freeLimit: null })
  expect(await known()).toMatchObject({ isBlocked: false, isPaid: false, freeLimit: null, sessions: 1 })
})

test('the event of a session is the same one, whoever tells it', async () => {
  const who = { botId: 1, userId: person, language: 'en' }
  const first = await seen(T0, 'x')
  expect(sessionStart(who, first)).toMatchObject({ name: 'session_start', ordinal: 1, atMs: T0 })
  expect(sessionStart(who, await seen(T0, 'x'))).toEqual(sessionStart(who, first))
  expect(sessionStart(who, await seen(T0 + 1, 'y'))).toBeNull()
  // After everything of them was deleted, another one, though it is their first again.
  await state.redis.del(state.keys.person(1, person))
  const again = sessionStart(who, await seen(T0 + 2, 'z'))
  expect(again).toMatchObject({ ordinal: 1 })
  expect(again?.id).not.toBe(sessionStart(who, first)?.id)
})

describe('the day of a moment', () => {
  it.each([
    ['2026-11-20T20:59:59Z', 'Europe/Moscow', '20261120', '202611'],
    ['2026-11-20T21:00:00Z', 'Europe/Moscow', '20261121', '202611'],
    ['2026-12-31T23:59:59Z', 'UTC', '20261231', '202612'],
    ['2026-12-31T21:00:00Z', 'Europe/Moscow', '20270101', '202701'],
    ['2026-03-08T09:30:00Z', 'America/New_York', '20260308', '202603'],
  ])('%s in %s', (at, timeZone, day, month) => {
    expect(calendarDay(Date.parse(at), timeZone)).toEqual({ day, month })
  })
})
