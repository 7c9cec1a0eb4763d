import { beforeEach, expect, test } from 'vitest'
import { AnalyticsEvent } from '../../queues/event.ts'
import { inspectionKey } from '../../queues/join.ts'
import { linkHash, type MediaFacts, mediaKey } from '../../queues/media.ts'
import type { PeopleRules } from '../../queues/people/rules.ts'
import { leftOutAs, ticketFor } from '../../queues/request.ts'
import type { IntakeData } from '../../queues/stages/intake.ts'
import { createState, type State } from '../../queues/state.ts'
import { privateAsker } from '../../queues/testing/samples.ts'
import { testRedis } from '../../src/playground/testing/services.ts'
import { readConfig } from '../../src/shared/config.ts'
import { testContext } from '../test-context.ts'
import { createHandler } from './handler.ts'

/** What intake says of people, and how it turns them down. */

let state: State
let updates = 0
const LINK = 'https://site.example/watch/1'
const KEY = mediaKey('site.1', 'v720')
const SENT_AT = Date.UTC(2026, 5, 1, 12)
beforeEach(async () => {
  const { redis, prefix } = await testRedis()
  state = createState(redis, prefix)
})

const asker = privateAsker(7)
const linksOf = (
  links = [LINK],
  more: Partial<Extract<IntakeData, { kind: 'links' }>> = {},
): Extract<IntakeData, { kind: 'links' }> => ({
  ...{ kind: 'links', asker, origin: `u${++updates}`, links, receivedAtMs: SENT_AT + 500, sentAtMs: SENT_AT },
  ...more,
})
const facts = (mediaId = 'site.1'): MediaFacts => ({
  ...{ mediaId, extractor: 'site', title: 't', uploader: null, durationS: 1 },
  inspectedAt: '2026-11-21T00:00:00Z',
  choices: [
    { format: 'v720', codec: null, sizeBytes: null },
    { format: 'v480', codec: null, sizeBytes: null },
  ],
})
const know = (link = LINK, mediaId = 'site.1') => state.facts.save(linkHash(link), facts(mediaId))

const take = async (
  data: IntakeData,
  env: Record<string, string> = {},
  deps: Partial<State> = {},
  input: { mediaId: string } | null = null,
  failPoint: (place: string) => void = () => undefined,
) => {
  const rules: PeopleRules = readConfig(['people'], env)
  const handler = createHandler({ ...state, ...deps, rules, maxQueuedPerPerson: 5 })
  return (await handler({ data, input }, testContext({ failPoint }))).decisions
}
const events = async () =>
  (await state.queues.queue('analytics').getJobs(['waiting']))
    .flatMap(({ data }) => data.events)
    .map((event: unknown) => AnalyticsEvent.parse(event))
const named = async (name: AnalyticsEvent['name']) => (await events()).filter((event) => event.name === name)
const noteOf = ({ origin }: { origin: string }) => state.requests.get(ticketFor(leftOutAs(origin)))
const person = () => state.people.get(1, 7)

test('a message with links is an action of its person, at the time when it was sent', async () => {
  await know()
  const update = linksOf([LINK, `${LINK}0`], { languageCode: 'pt-br' })
  await take(update)
  await take(update)
  expect(await named('session_start')).toEqual([
    expect.objectContaining({ ordinal: 1, atMs: SENT_AT, userId: 7, language: 'pt-br', daysSinceLast: null }),
  ])
  expect(await named('link_received')).toEqual([
    expect.objectContaining({ links: 2, atMs: SENT_AT, source: 'message' }),
  ])
  await take(linksOf([LINK], { sentAtMs: SENT_AT + 3 * 24 * 3600_000 }))
  expect(await named('session_start')).toContainEqual(
    expect.objectContaining({ ordinal: 2, daysSinceFirst: 3, daysSinceLast: 3 }),
  )
  await take(linksOf([LINK], { asker: { ...asker, chatType: 'group', chatId: -5 } }))
  expect((await named('link_received')).map((event) => 'source' in event && event.source)).toContain('group')
})

test('a job that runs again says the same time, though the clock of Redis is behind that of Telegram', async () => {
  const sentAtMs = Date.now() + 3_600_000
  const update = linksOf([LINK], { sentAtMs })
  const told: unknown[] = []
  const publish = async (event: AnalyticsEvent) => {
    if (event.name === 'link_received') told.push(event.atMs)
  }
  for (let run = 0; run < 2; run++) await take(update, {}, { events: { ...state.events, publish } })
  expect(told).toEqual([sentAtMs, sentAtMs])
})

test('an event that cannot be published now is published when the job runs again', async () => {
  const update = linksOf()
  const away = { ...state.events, publish: () => Promise.reject(new Error('away')) }
  await expect(take(update, {}, { events: away })).rejects.toThrow('away')
  expect(await take(update)).toEqual(['joined inspection'])
  expect([await named('session_start'), await named('link_received')].map((all) => all.length)).toEqual([
    1, 1,
  ])
})

test('a pressed format is a choice, and so is the remembered one; the only one there is, is none', async () => {
  await know()
  await take(linksOf())
  const [ticket = ''] = await state.requests.active(1, 7)
  await take({ kind: 'choice', ticket, format: 'v480' })
  await take({ kind: 'choice', ticket, format: 'v480' })
  expect(await named('choice_made')).toEqual([
    expect.objectContaining({ ticket, format: 'v480', remembered: false }),
  ])
  await state.preferences.set(1, 7, 'v720')
  await take(linksOf())
  expect(await named('choice_made')).toHaveLength(2)
  expect(await named('choice_made')).toContainEqual(
    expect.objectContaining({ format: 'v720', remembered: true }),
  )
  await state.facts.save(linkHash(LINK), { ...facts('site.2'), choices: facts().choices.slice(0, 1) })
  await take(linksOf())
  expect(await named('choice_made')).toHaveLength(2)
})

test.each([
  ['not_allowed', { ACCESS: 'allowlist', ALLOWED_USER_IDS: '8' }],
  ['not_invited', { ACCESS: 'invite' }],
])('who may not is told %s, with one word for the message, and nothing is kept', async (code, env) => {
  const update = linksOf([LINK, `${LINK}0`])
  expect(await take(update, env)).toEqual([code])
  expect(await take(update, env)).toEqual([code])
  expect(await noteOf(update)).toMatchObject({ state: 'failed', failure: code, leftOut: 2 })
  expect(await state.facts.link(linkHash(LINK))).toBeNull()
  expect(await state.queues.queue('inspect').getJobCountByTypes('waiting', 'prioritized')).toBe(0)
  expect(await named('limit_reached')).toEqual([])
  // The next message a moment later is not answered again; in a group nobody is.
  expect(await take(linksOf(), env)).toEqual([`silent ${code}`])
  const inGroup = { ...asker, userId: 9, chatId: -5, chatType: 'group' as const }
  expect(await take(linksOf([LINK], { asker: inGroup }), env)).toEqual([`silent ${code}`])
  expect(await take(linksOf(), {})).toEqual(['inspect'])
})

test('links beyond the rate are left out with one word, and the rest of the message is not', async () => {
  const env = { LINKS_PER_MINUTE: '2' }
  const update = linksOf([LINK, `${LINK}0`, `${LINK}1`, `${LINK}2`])
  expect(await take(update, env)).toEqual(['inspect', 'inspect', 'too_often'])
  expect(await noteOf(update)).toMatchObject({ failure: 'too_often', leftOut: 2 })
  // Whatever has ended since: what they were told stands.
  await state.redis.hset(state.keys.person(1, 7), 'minuteSinceMs', 1)
  expect(await take(update, env)).toEqual(['joined inspection', 'joined inspection', 'too_often'])
  expect((await state.requests.active(1, 7)).length).toBe(2)
})

test('a rate is told to the statistics once in its window', async () => {
  const env = { LINKS_PER_MINUTE: '1', LINKS_PER_DAY: '3' }
  for (let n = 0; n < 4; n++) await take(linksOf(), env)
  expect(await named('limit_reached')).toEqual([
    expect.objectContaining({ limit: 'minute', used: 1, allowed: 1, daysSinceFirst: 0, policy: null }),
  ])
  for (let n = 0; n < 4; n++) {
    await state.redis.hincrby(state.keys.person(1, 7), 'minuteSinceMs', -60_000)
    await take(linksOf(), env)
  }
  expect((await named('limit_reached')).map((event) => 'limit' in event && event.limit).sort()).toEqual([
    ...['day', 'minute'],
  ])
})

test('a limit is told to the statistics though the run dies right after the person is told', async () => {
  const rates = { LINKS_PER_MINUTE: '1' }
  await take(linksOf(), rates)
  const dying = {
    ...state.requests,
    leaveOut: async (...args: Parameters<State['requests']['leaveOut']>) => {
      await state.requests.leaveOut(...args)
      throw new Error('died')
    },
  }
  const update = linksOf([`${LINK}0`])
  await expect(take(update, rates, { requests: dying })).rejects.toThrow('died')
  expect(await take(update, rates)).toEqual(['too_often'])
  expect(await named('limit_reached')).toEqual([
    expect.objectContaining({ limit: 'minute', used: 1, allowed: 1 }),
  ])
})

test('too many at once is told to the statistics for each message', async () => {
  const update = linksOf(Array.from({ length: 7 }, (_, n) => `${LINK}${n}`))
  expect((await take(update)).at(-1)).toBe('left out 2')
  await take(update)
  expect(await named('limit_reached')).toEqual([
    expect.objectContaining({ limit: 'active', used: 5, allowed: 5 }),
  ])
})

test('above what is free, with stop: it fails with that reason, and can be tried again after a bonus', async () => {
  await know()
  await state.preferences.set(1, 7, 'v720')
  const env = { FREE_DOWNLOADS: '1', ABOVE_FREE: 'stop' }
  expect(await take(linksOf(), env)).toEqual(['start'])
  await know(`${LINK}0`, 'site.2')
  const update = linksOf([`${LINK}0`])
  expect(await take(update, env)).toEqual(['limit_reached'])
  const ticket = ticketFor(`${update.origin}-0`)
  expect(await state.requests.get(ticket)).toMatchObject({
    ...{ state: 'failed', failure: 'limit_reached', allowed: 1, bonusEach: 5, charged: false },
  })
  const [reached, ...more] = await named('limit_reached')
  expect(reached).toMatchObject({ limit: 'free', used: 1, allowed: 1, policy: 'stop' })
  expect(await take(update, env)).toEqual(['over'])
  expect(await take({ kind: 'retry', ticket }, env)).toEqual(['limit_reached'])
  expect([...more, ...(await named('limit_reached'))]).toHaveLength(1)
  await state.redis.hset(state.keys.person(1, 7), 'bonus', 5)
  expect(await take({ kind: 'retry', ticket }, env)).toEqual(['start'])
  expect((await person()).used).toBe(2)
  // What is there costs nothing.
  await state.redis.hset(state.keys.shared(mediaKey('site.3', 'v720')), { state: 'cached', generation: 3 })
  await know(`${LINK}1`, 'site.3')
  expect(await take(linksOf([`${LINK}1`]), { ...env, FREE_DOWNLOADS: '1' })).toEqual(['cached'])
  expect((await person()).used).toBe(2)
})

const die = (place: string) => (passed: string) => {
  if (passed === place) throw new Error('died')
}

test.each<[string, (ticket: string) => Promise<unknown>]>([
  ['it is in work', async () => undefined],
  [
    'the file has come',
    (ticket) => state.redis.hset(state.keys.request(ticket), { state: 'delivered', generation: '' }),
  ],
  ['it is on its way', (ticket) => state.redis.hset(state.keys.request(ticket), 'state', 'delivering')],
  ['the file is there', () => state.redis.hset(state.keys.shared(KEY), { state: 'cached', generation: 3 })],
])('a run that dies above what is free has its limit told by the next one, when %s', async (_, goesOn) => {
  await know()
  await state.preferences.set(1, 7, 'v720')
  await state.redis.hset(state.keys.person(1, 7), 'used', 1)
  const env = { FREE_DOWNLOADS: '1', ABOVE_FREE: 'ad' }
  const update = linksOf()
  await expect(take(update, env, {}, null, die('joined'))).rejects.toThrow('died')
  expect(await named('limit_reached')).toEqual([])
  await goesOn(ticketFor(`${update.origin}-0`))
  for (let run = 0; run < 2; run++) await take(update, env)
  expect(await named('limit_reached')).toEqual([
    expect.objectContaining({ limit: 'free', used: 1, allowed: 1, policy: 'ad' }),
  ])
})

test('who has waited for an inspection, too, though the run dies that began the work', async () => {
  await state.preferences.set(1, 7, 'v720')
  await state.redis.hset(state.keys.person(1, 7), 'used', 1)
  const env = { FREE_DOWNLOADS: '1', ABOVE_FREE: 'nothing' }
  await take(linksOf(), env)
  const [ticket = ''] = await state.requests.active(1, 7)
  const { generation } = await state.joins.shared(inspectionKey(linkHash(LINK)))
  await know()
  const root: IntakeData = {
    ...{ kind: 'inspected', ticket, linkHash: linkHash(LINK), generation: Number(generation) },
  }
  const found = { mediaId: 'site.1' }
  await expect(take(root, env, {}, found, die('joined'))).rejects.toThrow('died')
  expect(await named('limit_reached')).toEqual([])
  expect(await take(root, env, {}, found)).toEqual(['over'])
  expect(await named('limit_reached')).toHaveLength(1)
})

test('above what is free, it fails as well when it has waited for an inspection', async () => {
  const env = { FREE_DOWNLOADS: '1', ABOVE_FREE: 'stop' }
  await state.preferences.set(1, 7, 'v720')
  await state.redis.hset(state.keys.person(1, 7), 'used', 1)
  expect(await take(linksOf(), env)).toEqual(['inspect'])
  const [ticket = ''] = await state.requests.active(1, 7)
  const { generation } = await state.joins.shared(inspectionKey(linkHash(LINK)))
  await know()
  const root: IntakeData = {
    ...{ kind: 'inspected', ticket, linkHash: linkHash(LINK), generation: Number(generation) },
  }
  expect(await take(root, env, {}, { mediaId: 'site.1' })).toEqual(['limit_reached'])
  expect(await state.requests.get(ticket)).toMatchObject({ state: 'failed', failure: 'limit_reached' })
})

test('above what is free, with wait: it goes on later by a job of its own, once', async () => {
  await know()
  await state.preferences.set(1, 7, 'v720')
  const env = { FREE_DOWNLOADS: '1', ABOVE_FREE: 'wait', ABOVE_FREE_WAIT_SECONDS: '3600' }
  await state.redis.hset(state.keys.person(1, 7), 'used', 1)
  const update = linksOf()
  expect(await take(update, env)).toEqual(['later'])
  expect(await take(update, env)).toEqual(['later'])
  const [job, ...others] = await state.queues.queue('intake').getDelayed()
  expect(others).toEqual([])
  expect(job?.opts.delay).toBeGreaterThan(3500_000)
  const ticket = ticketFor(`${update.origin}-0`)
  expect(job?.data).toEqual({ kind: 'resume', ticket, round: null })
  // Too early, it waits on; in time it begins.
  expect(await take({ kind: 'resume', ticket, round: null }, env)).toEqual(['later'])
  await state.redis.hset(state.keys.request(ticket), 'waitUntilMs', 1)
  expect(await take({ kind: 'resume', ticket, round: null }, env)).toEqual(['start'])
  expect(await named('limit_reached')).toHaveLength(1)
})

test('who waits may cancel, and the job that comes later does nothing', async () => {
  await know()
  await state.preferences.set(1, 7, 'v720')
  const env = { FREE_DOWNLOADS: '1', ABOVE_FREE: 'wait' }
  await state.redis.hset(state.keys.person(1, 7), 'used', 1)
  await take(linksOf(), env)
  const [ticket = ''] = await state.requests.active(1, 7)
  expect(await take({ kind: 'cancel', ticket }, env)).toEqual(['left'])
  await state.redis.hset(state.keys.request(ticket), 'waitUntilMs', 1)
  expect(await take({ kind: 'resume', ticket, round: null }, env)).toEqual(['over'])
  expect((await person()).used).toBe(1)
})

test('who is blocked while a link waits for a choice gets nothing more', async () => {
  await know()
  await take(linksOf())
  const [ticket = ''] = await state.requests.active(1, 7)
  await state.people.change(1, 7, { isBlocked: true })
  expect(await take({ kind: 'choice', ticket, format: 'v480' })).toEqual(['blocked'])
  expect(await state.requests.get(ticket)).toMatchObject({ state: 'failed', failure: 'blocked' })
  expect(await state.queues.queue('fetch').getJobCountByTypes('waiting', 'prioritized')).toBe(0)
})

test('admins have neither rates nor a limit', async () => {
  await know()
  await state.preferences.set(1, 7, 'v720')
  const env = {
    ADMIN_USER_IDS: '7',
    FREE_DOWNLOADS: '1',
    ABOVE_FREE: 'stop',
    LINKS_PER_MINUTE: '1',
    ACCESS: 'invite',
  }
  for (let n = 0; n < 3; n++) {
    await know(`${LINK}${n}`, `site.${n}`)
    expect(await take(linksOf([`${LINK}${n}`]), env)).toEqual(['start'])
  }
  expect((await person()).used).toBe(0)
})
