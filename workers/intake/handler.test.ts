import { beforeEach, expect, test } from 'vitest'
import { eventId } from '../../queues/event.ts'
import { productionId } from '../../queues/flow.ts'
import { inspectionKey } from '../../queues/join.ts'
import { linkHash, type MediaFacts, mediaKey } from '../../queues/media.ts'
import type { PeopleRules } from '../../queues/people/rules.ts'
import { leftOutAs, ticketFor } from '../../queues/request.ts'
import type { IntakeData } from '../../queues/stages/intake.ts'
import { createState, type State } from '../../queues/state.ts'
import { privateAsker, SAMPLE_FILE } from '../../queues/testing/samples.ts'
import { testRedis } from '../../src/playground/testing/services.ts'
import { readConfig } from '../../src/shared/config.ts'
import { testContext } from '../test-context.ts'
import { createHandler } from './handler.ts'

let state: State
let updates = 0
const LINK = 'https://site.example/watch/1'
let rules: PeopleRules

beforeEach(async () => {
  const { redis, prefix } = await testRedis()
  state = createState(redis, prefix)
  rules = readConfig(['people'], {})
})

const FACTS: MediaFacts = {
  mediaId: 'site.1',
  extractor: 'site',
  title: 't',
  uploader: null,
  durationS: 1,
  inspectedAt: '2026-11-21T00:00:00Z',
  choices: [
    { format: 'v720', codec: null, sizeBytes: null },
    { format: 'v480', codec: null, sizeBytes: null },
    { format: 'a-m4a', codec: null, sizeBytes: null },
  ],
}
const know = (facts = FACTS) => state.facts.save(linkHash(LINK), facts)

const take = async (data: IntakeData, input: { mediaId: string } | null = null) =>
  (await createHandler({ ...state, rules, maxQueuedPerPerson: 5 })({ data, input }, testContext())).decisions

const linksOf = (userId: number, links = [LINK], origin = `u${++updates}`): IntakeData => ({
  kind: 'links',
  asker: privateAsker(userId),
  origin,
  links,
  receivedAtMs: 1,
})
/** The newest request of a person. */
async function requestOf(userId: number) {
  const [ticket = ''] = await state.requests.active(1, userId)
  const request = await state.requests.get(ticket)
  if (!request) throw new Error('no request')
  return request
}
const waiting = (name: 'inspect' | 'fetch' | 'send' | 'notify') =>
  state.queues.queue(name).getJobCountByTypes('waiting', 'prioritized', 'delayed')

test('an unknown link is inspected once for everyone, and then everyone is asked', async () => {
  expect(await take(linksOf(1))).toEqual(['inspect'])
  expect(await take(linksOf(2))).toEqual(['joined inspection'])
  expect(await waiting('inspect')).toBe(1)
  const { generation } = await state.joins.shared(inspectionKey(linkHash(LINK)))
  await know()
  const root: IntakeData = {
    kind: 'inspected',
    ticket: (await requestOf(1)).ticket,
    linkHash: linkHash(LINK),
    generation: Number(generation),
  }
  expect(await take(root, { mediaId: 'site.1' })).toEqual(['ask', 'ask'])
  expect((await requestOf(2)).state).toBe('choosing')
  // Run again after a crash, it finds nobody left.
  expect(await take(root, { mediaId: 'site.1' })).toEqual([])
})

test('a failed inspection tells everyone why', async () => {
  await take(linksOf(1))
  const request = await requestOf(1)
  const { generation } = await state.joins.shared(inspectionKey(linkHash(LINK)))
  const decisions = await take({
    kind: 'inspected',
    ticket: request.ticket,
    linkHash: linkHash(LINK),
    generation: Number(generation),
  })
  expect(decisions).toEqual(['internal'])
  expect(await state.requests.get(request.ticket)).toMatchObject({ state: 'failed', failure: 'internal' })
})

test('a run that died before it had counted and told the end is made up for', async () => {
  await take(linksOf(1))
  const request = await requestOf(1)
  const { generation } = await state.joins.shared(inspectionKey(linkHash(LINK)))
  await state.requests.settle(request, { state: 'failed', failure: 'internal' })
  const inspected = { linkHash: linkHash(LINK), generation: Number(generation) }
  expect(await take({ kind: 'inspected', ticket: request.ticket, ...inspected })).toEqual(['internal'])
  const id = eventId('download_failed', request.ticket, request.round)
  expect(await state.queues.queue('analytics').getJob(id)).toBeTruthy()
})

test('a pressed format starts one production, another person joins it', async () => {
  await know()
  await take(linksOf(1))
  await take(linksOf(2))
  const [a, b] = [await requestOf(1), await requestOf(2)]
  expect(await take({ kind: 'choice', ticket: a.ticket, format: 'v480' })).toEqual(['start'])
  expect(await take({ kind: 'choice', ticket: b.ticket, format: 'v480' })).toEqual(['joined'])
  expect(await waiting('fetch')).toBe(1)
  expect((await state.requests.get(a.ticket))?.byPreference).toBe(false)
  expect(await take({ kind: 'choice', ticket: a.ticket, format: 'v720' })).toEqual(['too late'])
})

test('two presses are one choice, and the first one’s job may run again', async () => {
  await know()
  await take(linksOf(1))
  const { ticket } = await requestOf(1)
  await state.redis.hset(state.keys.shared(mediaKey('site.1', 'v480')), { state: 'cached', generation: 3 })
  expect(await take({ kind: 'choice', ticket, format: 'v480' })).toEqual(['cached'])
  expect(await take({ kind: 'choice', ticket, format: 'v720' })).toEqual(['too late'])
  await (await state.queues.queue('send').getJob(`${ticket}-1`))?.remove()
  expect(await take({ kind: 'choice', ticket, format: 'v480' })).toEqual(['send'])
  expect([await waiting('send'), await waiting('fetch')]).toEqual([1, 0])
})

test('a delivery that found nothing begins again, as a round whose ids are free', async () => {
  await know()
  await state.preferences.set(1, 1, 'v480')
  await state.redis.hset(state.keys.shared(mediaKey('site.1', 'v480')), { state: 'cached', generation: 3 })
  await take(linksOf(1))
  const { ticket } = await requestOf(1)
  await state.redis.del(state.keys.shared(mediaKey('site.1', 'v480')))
  expect(await take({ kind: 'resume', ticket, round: 1 })).toEqual(['start'])
  expect(await state.requests.get(ticket)).toMatchObject({ state: 'producing', round: 2 })
  // The same job again, after a crash, takes nothing back.
  expect(await take({ kind: 'resume', ticket, round: 1 })).toEqual(['joined'])
  expect((await state.requests.get(ticket))?.round).toBe(2)
})

test('a job that died between the join and the flow adds the flow when it runs again', async () => {
  await know()
  await take(linksOf(1))
  const request = await requestOf(1)
  await state.requests.set(request.ticket, { format: 'v480' })
  const joined = await state.joins.joinProduction(request, mediaKey('site.1', 'v480'), 1)
  expect(await waiting('fetch')).toBe(0)
  expect(await take({ kind: 'choice', ticket: request.ticket, format: 'v480' })).toEqual(['joined'])
  const generation = joined.how === 'waiting' ? joined.generation : 0
  expect(await state.queues.queue('fetch').getJob(productionId(request.ticket, generation))).toBeTruthy()
})

test('a standing choice needs no question, and can be changed while it is made', async () => {
  await know()
  await state.preferences.set(1, 1, 'v720')
  expect(await take(linksOf(1))).toEqual(['start'])
  const request = await requestOf(1)
  expect(request).toMatchObject({ state: 'producing', format: 'v720', byPreference: true })
  expect(await take({ kind: 'other', ticket: request.ticket })).toEqual(['ask'])
  const { generation } = await state.joins.shared(mediaKey('site.1', 'v720'))
  expect(await state.joins.isWanted(mediaKey('site.1', 'v720'), Number(generation))).toBe(false)
  expect(await take({ kind: 'choice', ticket: request.ticket, format: 'a-m4a' })).toEqual(['start'])
  expect((await state.requests.get(request.ticket))?.round).toBe(2)
})

test('a ticked box makes the next choice the standing one', async () => {
  await know()
  await take(linksOf(1))
  const { ticket } = await requestOf(1)
  await state.requests.set(ticket, { remember: '1' })
  await take({ kind: 'choice', ticket, format: 'v480' })
  expect(await state.preferences.get(1, 1)).toBe('v480')
  expect(await state.preferences.get(1, 2)).toBeNull()
})

test('a link with one format is simply made', async () => {
  await know({ ...FACTS, choices: [{ format: 'vbest', codec: null, sizeBytes: null }] })
  expect(await take(linksOf(1))).toEqual(['start'])
  expect((await requestOf(1)).byPreference).toBe(false)
})

test('a known file_id goes straight to send, without a ticket; so does a cached file', async () => {
  await know()
  await state.preferences.set(1, 1, 'v720')
  await state.sentFiles.save(1, mediaKey('site.1', 'v720'), {
    fileId: 'f'.repeat(30),
    kind: 'video',
    file: SAMPLE_FILE,
  })
  expect(await take(linksOf(1))).toEqual(['file'])
  expect([await waiting('send'), await waiting('notify')]).toEqual([1, 0])
  await state.preferences.set(1, 2, 'v480')
  await state.redis.hset(state.keys.shared(mediaKey('site.1', 'v480')), { state: 'cached', generation: 3 })
  expect(await take(linksOf(2))).toEqual(['cached'])
  expect([await waiting('send'), await waiting('fetch')]).toEqual([2, 0])
})

test('several links are several requests; the same update again is the same requests', async () => {
  await know()
  const update = linksOf(1, [LINK, `${LINK}0`, `${LINK}1`])
  expect(await take(update)).toEqual(['ask', 'inspect', 'inspect'])
  await take(update)
  expect((await state.requests.active(1, 1)).length).toBe(3)
  expect(await waiting('inspect')).toBe(2)
})

const manyLinks = (count: number) => Array.from({ length: count }, (_, n) => `${LINK}${n}`)
/** What tells a person that links of an update were left out. */
const noteOf = (update: IntakeData) =>
  state.requests.get(ticketFor(update.kind === 'links' ? leftOutAs(update.origin) : ''))

test('links beyond the cap are left out, with one word for all of them, and are not kept', async () => {
  const update = linksOf(1, manyLinks(12))
  expect(await take(update)).toEqual([...Array(5).fill('inspect'), 'left out 7'])
  const note = await noteOf(update)
  expect(note).toMatchObject({ state: 'failed', failure: 'too_many', leftOut: 7, inWork: 5, view: 1 })
  expect((await state.requests.active(1, 1)).length).toBe(5)
  const kept = await Promise.all(manyLinks(12).map((link) => state.facts.link(linkHash(link))))
  expect(kept.map((link) => link !== null)).toEqual([...Array(5).fill(true), ...Array(7).fill(false)])
  expect(await state.requests.owed(Date.now() + 60_000)).toContain(note?.ticket)
  // Nobody else is concerned.
  expect(await take(linksOf(2, manyLinks(3)))).toEqual(Array(3).fill('joined inspection'))
})

test('what was left out stays out when the update comes again, and can be sent anew', async () => {
  const update = linksOf(1, manyLinks(6))
  await take(update)
  const note = await noteOf(update)
  const { ticket } = await requestOf(1)
  await take({ kind: 'cancel', ticket })
  expect(await take(update)).toEqual([...Array(5).fill(expect.any(String)), 'left out 1'])
  expect((await state.requests.active(1, 1)).length).toBe(4)
  expect(await noteOf(update)).toMatchObject({ ticket: note?.ticket, leftOut: 1 })
  expect(await take(linksOf(1, manyLinks(7).slice(6)))).toEqual(['inspect'])
  // A press that no button of it has.
  expect(await take({ kind: 'retry', ticket: note?.ticket ?? '' })).toEqual(['over'])
  expect((await noteOf(update))?.state).toBe('failed')
})

test('Try again waits for room too', async () => {
  await take(linksOf(1))
  const request = await requestOf(1)
  await state.requests.settle(request, { state: 'failed', failure: 'live' })
  await take(linksOf(1, manyLinks(5)))
  expect(await take({ kind: 'retry', ticket: request.ticket })).toEqual(['too many'])
  expect(await state.requests.get(request.ticket)).toMatchObject({
    ...{ state: 'failed', failure: 'too_many', round: 1 },
  })
  await take({ kind: 'cancel', ticket: (await requestOf(1)).ticket })
  expect(await take({ kind: 'retry', ticket: request.ticket })).toEqual(['joined inspection'])
  expect(await state.requests.get(request.ticket)).toMatchObject({ state: 'inspecting', round: 2 })
})

test('what has expired without an end does not count', async () => {
  await take(linksOf(1, manyLinks(5)))
  const [gone = ''] = await state.requests.active(1, 1)
  await state.redis.del(state.keys.request(gone))
  expect(await take(linksOf(1, ['https://site.example/new']))).toEqual(['inspect'])
  expect(await state.requests.active(1, 1)).not.toContain(gone)
})

test('cancel ends a request wherever it stands, and /cancel all of one chat', async () => {
  await know()
  await take(linksOf(1, [LINK, `${LINK}0`]))
  const other = { ...linksOf(1), asker: { ...privateAsker(1), chatId: -5, chatType: 'group' as const } }
  await take(other)
  expect((await take({ kind: 'cancel_all', botId: 1, chatId: 1, userId: 1 })).sort()).toEqual([
    'cancelled',
    'left',
  ])
  expect((await state.requests.active(1, 1)).length).toBe(1)
  const { ticket } = await requestOf(1)
  expect(await take({ kind: 'cancel', ticket })).toEqual(['left'])
  expect(await take({ kind: 'cancel', ticket })).toEqual(['over'])
  expect(await take({ kind: 'retry', ticket })).toEqual(['ask'])
})

test('who was on the way out when a crash came is still sent', async () => {
  await know()
  await take(linksOf(1))
  const { ticket } = await requestOf(1)
  await state.requests.move(ticket, ['choosing'], 'delivering')
  expect(await take({ kind: 'resume', ticket, round: null })).toEqual(['send'])
  expect(await state.queues.queue('send').getJob(`${ticket}-1`)).toBeTruthy()
})

test('a code that nobody has is nobody’s', async () => {
  expect(await take({ kind: 'cancel', ticket: 'ZZZZZZ' })).toEqual(['unknown'])
})
