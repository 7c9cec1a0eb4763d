import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { testRedis } from '../../src/playground/testing/services.ts'
import { createState } from '../state.ts'
import type { Start, Touch } from './referrals.ts'

const { redis, prefix } = await testRedis()
const { referrals, keys, queues } = createState(redis, prefix)
afterAll(() => queues.close())

const BOT = 7
const RULES = { bonus: 5, mostPerDay: 10, waitMs: 0 }
let lastId = 100
const newcomer = () => ({ botId: BOT, userId: ++lastId })
/** Somebody who is known, with the link that brings others. */
async function member() {
  const person = newcomer()
  await redis.hset(keys.person(BOT, person.userId), 'firstSeenMs', 1)
  return { ...person, code: await referrals.codeOf(BOT, person.userId) }
}
const by = (code: string): Touch => ({ source: 'referral', campaign: null, code })
const NOTHING: Touch = { source: 'organic', campaign: null, code: null }
let updates = 0
const start = (
  person: { userId: number },
  touch: Touch,
  { origin = `u${++updates}`, today = '20261121', rules = RULES } = {},
): Promise<Start> => referrals.start({ botId: BOT, userId: person.userId }, { origin, touch, today }, rules)
const bonusOf = async ({ userId }: { userId: number }) => await referrals.grantBonus(BOT, userId)
const standing = ({ userId }: { userId: number }) => referrals.standing(BOT, userId)

test('a code is made once, and is no number that one could guess', async () => {
  const { userId, code } = await member()
  expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{10}$/)
  expect(await Promise.all(Array.from({ length: 20 }, () => referrals.codeOf(BOT, userId)))).toEqual(
    Array.from({ length: 20 }, () => code),
  )
  expect(await redis.get(keys.referralCode(BOT, code))).toBe(`${BOT}.${userId}`)
  expect((await member()).code).not.toBe(code)
})

test('the first start says where a person comes from, and no later one', async () => {
  const alice = await member()
  const boris = newcomer()
  const first = await start(boris, by(alice.code), { origin: 'u-first' })
  expect(first).toEqual({ source: 'referral', campaign: null, referrerId: alice.userId, isNew: true })
  // The same update again is the same start.
  expect(await start(boris, by(alice.code), { origin: 'u-first' })).toEqual(first)
  const other = await member()
  for (const touch of [by(other.code), NOTHING, { source: 'campaign', campaign: 'x', code: null } as const])
    expect(await start(boris, touch)).toEqual({ ...first, isNew: false })
  expect([await standing(alice), await standing(other)]).toMatchObject([{ came: 1 }, { came: 0 }])

  const carol = newcomer()
  expect(await start(carol, { source: 'campaign', campaign: 'spring', code: null })).toMatchObject({
    source: 'campaign',
    campaign: 'spring',
    referrerId: null,
  })
  expect(await start(carol, by(alice.code))).toMatchObject({ source: 'campaign', campaign: 'spring' })
  expect(await standing(alice)).toMatchObject({ came: 1 })
})

test.each([
  ['nobody has', async () => 'ZZZZZZZZZZ'],
  ['is none', async () => '../../person'],
  [
    'belongs to somebody who was deleted',
    async () => {
      const gone = await member()
      await redis.del(keys.person(BOT, gone.userId))
      return gone.code
    },
  ],
  [
    'belongs to somebody who is blocked',
    async () => {
      const blocked = await member()
      await redis.hset(keys.person(BOT, blocked.userId), 'isBlocked', '1')
      return blocked.code
    },
  ],
])('a code that %s brings nobody', async (_what, codeOf) => {
  const person = newcomer()
  expect(await start(person, by(await codeOf()))).toMatchObject({ source: 'organic', referrerId: null })
  expect(await redis.hget(keys.person(BOT, person.userId), 'invited')).toBeNull()
})

test('nobody brings themselves', async () => {
  const alice = await member()
  expect(await start(alice, by(alice.code))).toMatchObject({
    source: 'organic',
    referrerId: null,
    isNew: true,
  })
  expect(await standing(alice)).toEqual({ came: 0, counted: 0, bonus: 0 })
})

test('nobody brings who brought them, however far up', async () => {
  const chain = [await member()]
  for (let n = 0; n < 5; n++) {
    const next = await member()
    await start(next, by(chain.at(-1)?.code ?? ''))
    chain.push(next)
  }
  const [top, , , , , bottom] = chain
  if (!top || !bottom) throw new Error('no chain')
  expect(await start(top, by(bottom.code))).toMatchObject({ source: 'organic', referrerId: null })
  expect(await standing(bottom)).toMatchObject({ came: 0 })
  // Somebody who has brought others, and stands above nobody of them, may well be brought.
  const outside = await member()
  await start(newcomer(), by(outside.code))
  expect(await start(outside, by(bottom.code))).toMatchObject({ source: 'referral' })
})

test('a link that is pressed after the first file brings nobody', async () => {
  const alice = await member()
  const person = newcomer()
  await redis.hset(keys.person(BOT, person.userId), 'delivered', 1)
  expect(await start(person, by(alice.code))).toMatchObject({ source: 'organic', isNew: true })
  expect(await standing(alice)).toMatchObject({ came: 0 })
})

test('who was not let in may come back with an invitation, which changes nothing of where they come from', async () => {
  const alice = await member()
  const person = newcomer()
  await start(person, NOTHING)
  expect(await redis.hget(keys.person(BOT, person.userId), 'invited')).toBeNull()
  expect(await start(person, by(alice.code))).toMatchObject({ source: 'organic', referrerId: null })
  expect(await redis.hget(keys.person(BOT, person.userId), 'invited')).toBe('1')
})

test('fifty starts of one person with fifty codes: one counts', async () => {
  const members = await Promise.all(Array.from({ length: 50 }, member))
  const person = newcomer()
  const starts = await Promise.all(members.map(({ code }) => start(person, by(code))))
  const [winner] = starts
  expect(starts.filter(({ isNew }) => isNew)).toHaveLength(1)
  expect(new Set(starts.map(({ referrerId }) => referrerId))).toEqual(new Set([winner?.referrerId]))
  const came = await Promise.all(members.map(standing))
  expect(came.reduce((sum, one) => sum + one.came, 0)).toBe(1)
})

test('fifty newcomers of one person at once: ten a day bring a bonus, each once', async () => {
  const alice = await member()
  const people = Array.from({ length: 50 }, newcomer)
  await Promise.all(people.map((person) => start(person, by(alice.code))))
  // Nothing before a first file.
  expect(await standing(alice)).toEqual({ came: 50, counted: 0, bonus: 0 })
  const granted = await Promise.all([...people, ...people].map(bonusOf))
  const paid = granted.flatMap((one) => one ?? [])
  // Each comes again until its event is on its way.
  expect(paid).toHaveLength(20)
  for (const one of paid) expect(one).toMatchObject({ referrerId: alice.userId, amount: 5 })
  expect(await standing(alice)).toEqual({ came: 50, counted: 10, bonus: 50 })
  const said = await Promise.all([...people, ...people].map(({ userId }) => referrals.bonusSaid(BOT, userId)))
  expect(said.filter(Boolean)).toHaveLength(10)
  expect((await Promise.all(people.map(bonusOf))).every((one) => one === null)).toBe(true)
  // Another day, another ten.
  const late = newcomer()
  expect(await start(late, by(alice.code), { today: '20261122' })).toMatchObject({ source: 'referral' })
  expect(await bonusOf(late)).toMatchObject({ referrerId: alice.userId, amount: 5 })
  expect(await standing(alice)).toEqual({ came: 51, counted: 11, bonus: 55 })
})

test('a bonus that is not given at once is given when its time has come', async () => {
  const alice = await member()
  const boris = newcomer()
  await start(boris, by(alice.code), { rules: { ...RULES, waitMs: 7_200_000 } })
  const answer = z.object({ waitMs: z.number() }).parse(await bonusOf(boris))
  expect(answer.waitMs).toBeGreaterThan(7_000_000)
  expect(answer.waitMs).toBeLessThanOrEqual(7_200_000)
  expect(await standing(alice)).toEqual({ came: 1, counted: 0, bonus: 0 })
  await redis.hset(keys.person(BOT, boris.userId), 'bonusFromMs', Date.now() - 2000)
  expect(await bonusOf(boris)).toMatchObject({ referrerId: alice.userId, amount: 5 })
  expect(await standing(alice)).toEqual({ came: 1, counted: 1, bonus: 5 })
})

test('without a bonus, and for who had everything deleted, nothing is granted', async () => {
  const alice = await member()
  const [one, two] = [newcomer(), newcomer()]
  await start(one, by(alice.code), { rules: { ...RULES, bonus: 0 } })
  await start(two, by(alice.code))
  expect(await bonusOf(one)).toBeNull()
  await redis.del(keys.person(BOT, alice.userId))
  expect(await bonusOf(two)).toBeNull()
  expect(await redis.exists(keys.person(BOT, alice.userId))).toBe(0)
})
