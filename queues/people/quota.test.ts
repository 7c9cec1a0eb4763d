import { beforeEach, describe, expect, it, test } from 'vitest'
import { testRedis } from '../../src/playground/testing/services.ts'
import type { Quota } from '../cost.ts'
import type { Request } from '../request.ts'
import { createState } from '../state.ts'
import { privateAsker, SAMPLE_RULES } from '../testing/samples.ts'
import { allowedFor, quotaFor } from './quota.ts'

const { redis, prefix } = await testRedis()
const state = createState(redis, prefix)
let userId = 5000
let unique = 0
beforeEach(() => {
  userId++
})

const asker = () => privateAsker(userId)
const person = () => state.people.get(1, userId)
const setPerson = (fields: Record<string, string | number>) =>
  state.redis.hset(state.keys.person(1, userId), fields)

/** A request of this test's person that has chosen its format. */
async function request(): Promise<Request> {
  const ticket = await state.requests.create(asker(), `q${++unique}`, 'hash', 1)
  const made = await state.requests.get(ticket)
  if (!made) throw new Error('not created')
  return made
}
const STOP: Quota = { free: 2, test: '', above: 'stop', waitMs: 60_000 }
const join = (who: Request, quota: Quota = STOP, key = `site.${++unique}.v720.full.public`) =>
  state.joins.joinProduction(who, key, Date.now(), quota)
const how = async (...asked: Parameters<typeof join>) => (await join(...asked)).how
const TODAY = { day: '20261121', month: '202611' }
const fail = (who: Request) => state.requests.settle(who, { state: 'failed', failure: 'network' })

describe('what is free', () => {
  it('is counted when work begins or is joined, and then it is over', async () => {
    const other = await state.requests.create(
      { ...asker(), userId: 1_000_000 + userId },
      `o${++unique}`,
      'h',
      1,
    )
    const key = `site.${++unique}.v720.full.public`
    await state.joins.joinProduction({ ticket: other, botId: 1 }, key, 1)
    expect(await join(await request(), STOP, key)).toMatchObject({
      ...{ how: 'waiting', started: false, cost: { used: 0, allowed: 2, reachedAtMs: null } },
    })
    expect(await join(await request())).toMatchObject({ how: 'waiting', started: true, cost: { used: 1 } })
    const third = await request()
    const stopped = await join(third)
    expect(stopped).toMatchObject({ how: 'stop', cost: { used: 2, allowed: 2 } })
    // Nobody waits for it, and nothing was begun.
    expect((await state.requests.get(third.ticket))?.state).toBe('asked')
    expect((await person()).used).toBe(2)
  })

  it('costs nothing when it is there', async () => {
    const key = `site.${++unique}.v720.full.public`
    await state.redis.hset(state.keys.shared(key), { state: 'cached', generation: 3 })
    await setPerson({ used: 2 })
    expect(await how(await request(), STOP, key)).toBe('cached')
    expect((await person()).used).toBe(2)
  })

  it('50 links at once never pass the limit', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, request))
    const ends = await Promise.all(all.map((one) => how(one)))
    expect(ends.filter((end) => end === 'waiting')).toHaveLength(2)
    expect(ends.filter((end) => end === 'stop')).toHaveLength(48)
    expect((await person()).used).toBe(2)
  })

  it('a job that runs again, and a delivery that starts over, cost nothing more', async () => {
    const one = await request()
    for (let n = 0; n < 3; n++) await join(one, STOP, 'site.again.v720.full.public')
    await state.requests.move(one.ticket, ['producing'], 'delivering')
    await state.requests.startOver(one.ticket, 1)
    expect(await join(one, STOP, 'site.other.v720.full.public')).toMatchObject({
      how: 'waiting',
      started: true,
    })
    expect((await person()).used).toBe(1)
  })

  it('what does not come is given back, once', async () => {
    const [failed, left] = [await request(), await request()]
    await join(failed)
    await join(left)
    await Promise.all(Array.from({ length: 5 }, () => fail(failed)))
    expect((await person()).used).toBe(1)
    await Promise.all(Array.from({ length: 5 }, () => state.joins.leave(left)))
    await fail(left)
    expect((await person()).used).toBe(0)
    // Who tries again is charged again, and what comes stays charged.
    await state.requests.reopen(failed)
    await join(failed)
    await state.requests.move(failed.ticket, ['producing'], 'delivering')
    await state.requests.settle(failed, { state: 'delivered', on: TODAY }, { round: 2 })
    await fail(failed)
    await state.joins.leave(failed)
    expect((await person()).used).toBe(1)
  })

  it('cancelled, tried again, and failed, all at once and again and again: it adds up', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, request))
    const quota = { ...STOP, free: 4 }
    for (let round = 0; round < 15; round++)
      await Promise.all(
        all.flatMap((one) => [
          join(one, quota),
          fail(one),
          state.joins.leave(one),
          state.requests.reopen(one),
        ]),
      )
    const charged = (await state.requests.getMany(all.map(({ ticket }) => ticket))).filter(
      (one) => one?.charged,
    )
    expect((await person()).used).toBe(charged.length)
    expect(charged.length).toBeLessThanOrEqual(4)
  })

  it('what an operator replays is on us', async () => {
    await setPerson({ used: 2 })
    const one = await request()
    await state.redis.hset(state.keys.request(one.ticket), 'replayed', '1')
    expect(await how(one)).toBe('waiting')
    expect((await person()).used).toBe(2)
  })

  it.each([
    ['paid', { isPaid: '1', used: 7 }, STOP, 'waiting', 7],
    ['an own limit', { freeLimit: 3, used: 2 }, STOP, 'waiting', 3],
    ['an own limit, which is reached', { freeLimit: 1, used: 1 }, STOP, 'stop', 1],
    ['an own limit of 0 is none', { freeLimit: 0, used: 9 }, STOP, 'waiting', 10],
    ['a bonus', { bonus: 5, used: 6 }, STOP, 'waiting', 7],
    ['a bonus, which is used up', { bonus: 5, used: 7 }, STOP, 'stop', 7],
    ['a bonus on an own limit', { bonus: 5, freeLimit: 3, used: 8 }, STOP, 'stop', 8],
    ['no limit for anybody', { used: 9 }, { ...STOP, free: 0 }, 'waiting', 10],
    ['an admin', { used: 2 }, { ...STOP, above: '' as const }, 'waiting', 2],
    ['blocked since', { isBlocked: '1' }, STOP, 'blocked', 0],
  ])('%s', async (_name, known, quota, end, used) => {
    await setPerson(known)
    const one = await request()
    expect(await how(one, quota)).toBe(end)
    expect((await person()).used).toBe(used)
  })

  it.each([
    ['nothing', false],
    ['ad', true],
  ] as const)('above it, with %s, it goes on', async (above, isMarked) => {
    await setPerson({ used: 2 })
    const one = await request()
    expect(await how(one, { ...STOP, above })).toBe('waiting')
    expect(await state.requests.get(one.ticket)).toMatchObject({ charged: true, above: isMarked })
    expect((await person()).used).toBe(3)
    // Below it, nothing is shown.
    await setPerson({ used: 1 })
    const two = await request()
    await join(two, { ...STOP, above })
    expect((await state.requests.get(two.ticket))?.above).toBe(false)
  })

  it('above it, with wait, it goes on when its time has come, and not before', async () => {
    await setPerson({ used: 2 })
    const quota = { ...STOP, above: 'wait' } as const
    const one = await request()
    const first = await join(one, quota)
    const again = await join(one, quota)
    if (first.how !== 'later' || again.how !== 'later') throw new Error(first.how)
    expect(again.untilMs).toBe(first.untilMs)
    const waiting = await state.requests.get(one.ticket)
    expect(waiting).toMatchObject({ state: 'asked', waitUntilMs: first.untilMs, charged: false })
    // Cancelling and beginning again is no way around it.
    await state.joins.leave(one)
    await state.requests.reopen(one)
    expect(await join(one, quota)).toMatchObject({ how: 'later', untilMs: first.untilMs })
    await state.redis.hset(state.keys.request(one.ticket), 'waitUntilMs', 1)
    expect(await how(one, quota)).toBe('waiting')
    expect((await person()).used).toBe(3)
  })

  it('running into it is told once, by the request that did, also when that runs again', async () => {
    await setPerson({ used: 2 })
    const quota = { ...STOP, above: 'nothing' } as const
    const reached = async (one: Request, how: Quota = quota) => {
      const joined = await join(one, how)
      return 'cost' in joined ? joined.cost.reachedAtMs : undefined
    }
    const one = await request()
    const atMs = await reached(one)
    expect(atMs).toBeGreaterThan(0)
    expect(await reached(one)).toBe(atMs)
    expect(await reached(await request())).toBeNull()
    // The next limit is another one.
    await setPerson({ bonus: 1, used: 3 })
    expect(await reached(await request())).toBeGreaterThan(0)
    // A lower one was passed before.
    await setPerson({ bonus: 0 })
    expect(await reached(await request())).toBeNull()
  })

  it('follows the variant of a test, which is kept from the limit on', async () => {
    const test = JSON.stringify({
      field: 'test.x',
      unsaid: 'unsaid.x',
      free: { a: 1, b: 4 },
      least: 1,
      assigned: 'b',
    })
    const quota = { ...STOP, test }
    expect(await join(await request(), quota)).toMatchObject({ cost: { allowed: 4, met: null } })
    // Until somebody has said so.
    const first = await join(await request(), quota)
    expect(first).toMatchObject({ cost: { allowed: 4, met: { variant: 'b', atMs: expect.any(Number) } } })
    const met = 'cost' in first ? first.cost.met : null
    expect(await join(await request(), quota)).toMatchObject({ cost: { allowed: 4, met } })
    await state.redis.hdel(state.keys.person(1, userId), 'unsaid.x')
    expect(await join(await request(), quota)).toMatchObject({ cost: { allowed: 4, met: null } })
    expect(await how(await request(), quota)).toBe('stop')
  })
})

test('the quota of a person is the configuration’s, and none for admins', async () => {
  const experiments = { freeDownloads: async () => ({ test: 't', argument: '{}' }) }
  expect(await quotaFor(SAMPLE_RULES, experiments, { botId: 1, userId: 2 })).toEqual({
    ...{ quota: { free: 10, test: '{}', above: 'stop', waitMs: 60_000 }, testName: 't' },
  })
  expect((await quotaFor(SAMPLE_RULES, experiments, { botId: 1, userId: 1 })).quota.above).toBe('')
  const own = { isPaid: false, freeLimit: null, bonus: 5 }
  expect([allowedFor(own, 10), allowedFor(own, 0), allowedFor({ ...own, isPaid: true }, 10)]).toEqual([
    15, 0, 0,
  ])
})

test('a file that comes is counted once, wherever the sources look for it', async () => {
  const one = await request()
  const mediaKey = 'site.count.v720.full.public'
  await join(one, STOP, mediaKey)
  await state.requests.move(one.ticket, ['producing'], 'delivering')
  const settle = () =>
    state.requests.settle({ ...one, mediaKey }, { state: 'delivered', on: TODAY }, { round: 1 })
  const answers = await Promise.all(Array.from({ length: 20 }, settle))
  expect(answers.filter((answer) => answer === 'ended')).toHaveLength(1)
  const { keys, redis } = state
  expect(await state.people.downloads(userId, TODAY)).toEqual({ total: 1, today: 1, thisMonth: 1 })
  expect((await person()).delivered).toBe(1)
  expect(keys.downloadsTotal(userId)).toBe(`${keys.prefix}:user:${userId}:downloads_total`)
  expect(await redis.ttl(keys.downloadsTotal(userId))).toBe(-1)
  const days = async (key: string) => Math.ceil((await redis.ttl(key)) / 86_400)
  expect(await days(`${keys.prefix}:user:${userId}:downloads:day:20261121`)).toBe(3)
  expect(await days(`${keys.prefix}:user:${userId}:downloads:month:202611`)).toBe(60)
  const [video = ''] = await redis.keys(`${keys.prefix}:video:*:downloads_total`)
  expect(await redis.get(video)).toBe('1')
  // Another format is the same video.
  const two = await request()
  await join(two, STOP, mediaKey.replace('v720', 'a-mp3'))
  await state.requests.settle(
    { ...two, mediaKey: mediaKey.replace('v720', 'a-mp3') },
    { state: 'delivered', on: TODAY },
  )
  expect(await redis.get(video)).toBe('2')
})
