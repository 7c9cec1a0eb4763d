import { beforeEach, describe, expect, it } from 'vitest'
import { testRedis } from '../../src/playground/testing/services.ts'
import type { Door } from '../door.ts'
import { type Asker, leftOutAs } from '../request.ts'
import { createState } from '../state.ts'
import { privateAsker, SAMPLE_RULES } from '../testing/samples.ts'
import { doorFor } from './quota.ts'
import { noAccess, type PeopleRules } from './rules.ts'

const { redis, prefix } = await testRedis()
const state = createState(redis, prefix)
let userId = 5000
let unique = 0
beforeEach(() => {
  userId++
})

const asker = () => privateAsker(userId)
const setPerson = (fields: Record<string, string | number>) =>
  state.redis.hset(state.keys.person(1, userId), fields)

describe('who may use the bot', () => {
  const nobody = { isBlocked: false, invited: false }
  const closed = { ...SAMPLE_RULES, ALLOWED_USER_IDS: [7], ADMIN_USER_IDS: [1] }
  it.each<[string, Partial<PeopleRules>, number, Partial<typeof nobody>, string | null]>([
    ['everybody', {}, 9, {}, null],
    ['nobody who is blocked', {}, 9, { isBlocked: true }, 'blocked'],
    ['who is on the list', { ACCESS: 'allowlist' }, 7, {}, null],
    ['who is not', { ACCESS: 'allowlist' }, 9, {}, 'not_allowed'],
    ['who is not, though invited', { ACCESS: 'allowlist' }, 9, { invited: true }, 'not_allowed'],
    ['an admin', { ACCESS: 'allowlist' }, 1, {}, null],
    ['nobody who is not invited', { ACCESS: 'invite' }, 9, {}, 'not_invited'],
    ['who is invited', { ACCESS: 'invite' }, 9, { invited: true }, null],
    ['who is on the list, uninvited', { ACCESS: 'invite' }, 7, {}, null],
    ['nobody blocked, though on the list', { ACCESS: 'invite' }, 7, { isBlocked: true }, 'blocked'],
  ])('%s', async (_name, rules, id, known, why) => {
    const all = { ...closed, ...rules }
    const who = { ...nobody, ...known }
    expect(noAccess(all, id, who)).toBe(why)
    // The script of links decides the same.
    await state.redis.del(state.keys.person(2, id))
    if (who.isBlocked) await state.redis.hset(state.keys.person(2, id), 'isBlocked', '1')
    if (who.invited) await state.redis.hset(state.keys.person(2, id), 'invited', '1')
    const made = await state.requests.createWithin(
      { ...doorFor(all, { userId: id }, 20), linksPerMinute: 0, linksPerDay: 0 },
      { ...asker(), botId: 2, userId: id },
      `access-${++unique}`,
      'https://site.example/1',
      1,
    )
    expect('code' in made ? made.code : null).toBe(why)
  })
})

describe('how fast links may come', () => {
  const door: Door = { most: 100, closed: '', linksPerMinute: 3, linksPerDay: 5 }
  const send = (origin = `r${++unique}`, more: Partial<Asker> = {}, how = door) =>
    state.requests.createWithin(how, { ...asker(), ...more }, `${origin}-0`, 'https://site.example/1', 1, {
      links: 1,
      leftOutAs: leftOutAs(origin),
    })
  const told = async (...asked: Parameters<typeof send>) => {
    const made = await send(...asked)
    return 'code' in made ? `${made.code}${made.isTold ? '' : ' silently'}` : 'made'
  }
  /** As if so much time had passed since. */
  const past = (field: string, ms: number) => state.redis.hincrby(state.keys.person(1, userId), field, -ms)

  it('so many a minute, and so many a day', async () => {
    for (let n = 0; n < 3; n++) expect(await told()).toBe('made')
    expect(await send()).toMatchObject({ code: 'too_often', isTold: true, links: 3 })
    await past('minuteSinceMs', 59_000)
    expect(await told()).toBe('too_often silently')
    await past('minuteSinceMs', 1000)
    expect([await told(), await told()]).toEqual(['made', 'made'])
    expect(await send()).toMatchObject({ code: 'too_many_today', isTold: true, links: 5 })
    await past('minuteSinceMs', 60_000)
    await past('daySinceMs', 24 * 3600_000)
    expect(await told()).toBe('made')
  })

  it('the same origin again is the same request, and counts once', async () => {
    for (let n = 0; n < 5; n++) expect(await told('the-same')).toBe('made')
    expect([await told(), await told(), await told()]).toEqual(['made', 'made', 'too_often'])
  })

  it('50 at once: as many as there may be', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () => told()))
    expect(all.filter((how) => how === 'made')).toHaveLength(3)
    expect(all.filter((how) => how === 'too_often')).toHaveLength(1)
    expect(all.filter((how) => how === 'too_often silently')).toHaveLength(46)
  })

  it('the same update is told again, after its job has died; another one a moment later is not', async () => {
    for (let n = 0; n < 3; n++) await send()
    expect([await told('died'), await told('next'), await told('died')]).toEqual([
      ...['too_often', 'too_often silently', 'too_often'],
    ])
    await past('refusedAtMs', 10_000)
    expect(await told('later')).toBe('too_often')
  })

  it('in a group nobody hears that they may not; of a rate, less often', async () => {
    const group = { chatType: 'supergroup', chatId: -5 } as const
    for (let n = 0; n < 3; n++) await send()
    expect(await told('g1', group)).toBe('too_often')
    await past('refusedAtMs', 60_000)
    expect(await told('g2', group)).toBe('too_often silently')
    await setPerson({ isBlocked: '1' })
    expect(await told('g3', group)).toBe('blocked silently')
    expect(await told('p1')).toBe('blocked')
  })

  it('0 is any number, and admins have no rate', async () => {
    const free = { ...door, linksPerMinute: 0, linksPerDay: 0 }
    for (let n = 0; n < 8; n++) expect(await told(undefined, {}, free)).toBe('made')
    expect(doorFor(SAMPLE_RULES, { userId: 1 }, 20)).toEqual({
      most: 20,
      closed: '',
      linksPerMinute: 0,
      linksPerDay: 0,
    })
    expect(doorFor(SAMPLE_RULES, { userId: 2 }, 20)).toEqual({
      most: 20,
      closed: '',
      linksPerMinute: 3,
      linksPerDay: 5,
    })
  })
})
