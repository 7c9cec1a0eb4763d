import { expect, test, vi } from 'vitest'
import { createMessages } from '../../shared/messages/messages.ts'
import { databaseOf } from './database.ts'
import { PATIENCE_MS, runningStack } from './running-stack.ts'

const MOST_PER_DAY = 20
const running = await runningStack({
  ...{ ACCESS: 'invite', FREE_DOWNLOADS: '1', ABOVE_FREE: 'stop', SURVEY: 'off' },
  ...{ REFERRAL_BONUS: '2', REFERRALS_PER_DAY: String(MOST_PER_DAY) },
})
const { world, person, link, state } = running
const { untilRows } = databaseOf(running)
const { text } = createMessages()
const botId = world.firstBot().id
const soon = { timeout: 120_000, interval: 100 }

type Person = ReturnType<typeof person>
async function newcomer(language: 'en' | 'ru' = 'en'): Promise<Person> {
  const one = person(language)
  await state.preferences.set(botId, one.user.id, 'v1080')
  return one
}
/** Somebody who may use the bot. */
async function member(language: 'en' | 'ru' = 'en') {
  const one = await newcomer(language)
  await state.redis.hset(state.keys.person(botId, one.user.id), { invited: '1', language })
  return one
}
/** What follows ?start= in a person's own link. */
const payloadOf = async (one: Person) => `ref_${await state.referrals.codeOf(botId, one.user.id)}`
async function start(one: Person, payload = '') {
  const before = one.said().length
  one.say(`/start ${payload}`.trim())
  await vi.waitFor(() => expect(one.said().length).toBeGreaterThan(before), soon)
}
const standing = (one: Person) => state.referrals.standing(botId, one.user.id)
const startsOf = (one: Person, check: (rows: Record<string, unknown>[]) => void) =>
  untilRows(
    `SELECT props->>'source' AS source, props->>'campaign' AS campaign, (props->>'isNew')::boolean AS is_new
     FROM events WHERE name = 'bot_start' AND user_id = $1 ORDER BY at, props->>'isNew' DESC`,
    [one.user.id],
    check,
  )

test('who is brought is let in, and their first file gives who brought them more', {
  timeout: PATIENCE_MS,
}, async () => {
  const alice = await member('ru')
  const payload = await payloadOf(alice)
  expect(payload).toMatch(/^ref_[0-9A-Z]{10}$/)
  const boris = await newcomer()
  boris.say('/start')
  await boris.untilSaid(text('en', 'failure-not_invited'))

  // The first start said where he comes from; a later link lets him in all the same, and brings nobody a bonus.
  await start(boris, payload)
  await boris.untilSaid(text('en', 'start'))
  await boris.ask(link('/files/clip-501.mp4')).untilMedia()
  await startsOf(boris, (found) =>
    expect(found).toEqual([
      { source: 'organic', campaign: null, is_new: true },
      { source: 'organic', campaign: null, is_new: false },
    ]),
  )
  expect(await standing(alice)).toEqual({ came: 0, counted: 0, bonus: 0 })

  const carol = await newcomer()
  await start(carol, payload)
  expect(await standing(alice)).toEqual({ came: 1, counted: 0, bonus: 0 })
  await carol.ask(link('/files/clip-501.mp4')).untilMedia()
  await alice.untilSaid(text('ru', 'bonus-granted', { amount: 2 }))
  await carol.ask(link('/files/clip-501.mp4')).untilMedia()
  for (const other of ['', 'spring', payload]) await start(carol, other)
  await startsOf(carol, (found) =>
    expect(found.map(({ source }) => source)).toEqual(['referral', 'referral', 'referral', 'referral']),
  )
  expect(await standing(alice)).toEqual({ came: 1, counted: 1, bonus: 2 })

  // One is free, and two more by the bonus.
  for (const n of [511, 512, 513]) await alice.ask(link(`/files/clip-${n}.mp4`)).untilMedia()
  alice.say(link('/files/clip-514.mp4'))
  await alice.untilSaid(
    new RegExp(text('ru', 'ticket-limit-reached', { allowed: 3, bonusEach: 2 }).slice(0, 20)),
  )
  alice.say('/referral')
  await alice.untilSaid(
    text('ru', 'referral', {
      ...{ link: `https://t.me/${world.firstBot().user.username}?start=${payload}`, each: 2 },
      ...{ came: 1, counted: 1, bonus: 2 },
    }),
  )
  expect(alice.said().filter((one) => one === text('ru', 'bonus-granted', { amount: 2 }))).toHaveLength(1)
})

test('nobody brings themselves, nor who brought them; what is made up brings nobody', {
  timeout: PATIENCE_MS,
}, async () => {
  const alice = await member()
  const own = await payloadOf(alice)
  await start(alice, own)
  const boris = await member()
  const of = await payloadOf(boris)
  const carol = await newcomer()
  await start(carol, of)
  await start(boris, await payloadOf(carol))
  expect(await Promise.all([alice, boris, carol].map(standing))).toMatchObject([
    { came: 0 },
    { came: 1 },
    { came: 0 },
  ])
  for (const payload of ['ref_ZZZZZZZZZZ', 'ref_', `ref_${own}`, 'ref_../../x', `${own}%00`, 'x'.repeat(65)])
    await start(await newcomer(), payload)
  expect((await standing(alice)).came).toBe(0)
  await startsOf(alice, (found) => expect(found).toMatchObject([{ source: 'organic', is_new: true }]))
  await startsOf(boris, (found) => expect(found).toMatchObject([{ source: 'organic' }]))
  await startsOf(carol, (found) => expect(found).toMatchObject([{ source: 'referral' }]))
})

test('fifty at once: Redis and PostgreSQL agree on who came, who counts, and what it gives', {
  timeout: PATIENCE_MS,
}, async () => {
  const alice = await member()
  const payload = await payloadOf(alice)
  const people = await Promise.all(Array.from({ length: 50 }, () => newcomer()))
  // Each twice: the second one is too late for anything.
  for (const one of people) for (const _ of [1, 2]) one.say(`/start ${payload}`)
  const path = '/files/clip-501.mp4'
  const askings = people.map((one) => one.ask(link(path)))
  await Promise.all(askings.map((asking) => asking.untilMedia()))
  const bonus = 2 * MOST_PER_DAY
  await vi.waitFor(
    async () => expect(await standing(alice)).toEqual({ came: 50, counted: MOST_PER_DAY, bonus }),
    soon,
  )
  await untilRows(
    `SELECT count(*)::int AS rows, count(DISTINCT source_id)::int AS people, sum(amount)::int AS sum
     FROM bonus_ledger WHERE user_id = $1`,
    [alice.user.id],
    (found) => expect(found).toEqual([{ rows: MOST_PER_DAY, people: MOST_PER_DAY, sum: bonus }]),
  )
  await untilRows(
    `SELECT count(*)::int AS rows, count(DISTINCT referred_user_id)::int AS people FROM referrals WHERE referrer_id = $1`,
    [alice.user.id],
    (found) => expect(found).toEqual([{ rows: 50, people: 50 }]),
  )
  await untilRows(
    'SELECT count(*)::int AS people FROM users WHERE referred_by = $1',
    [alice.user.id],
    (found) => expect(found).toEqual([{ people: 50 }]),
  )
})
