import { afterAll, beforeAll, expect, test } from 'vitest'
import { linkHash, type MediaFacts, mediaKey } from '../queues/media.ts'
import type { StageName } from '../queues/pipeline.ts'
import type { Asker } from '../queues/request.ts'
import type { IntakeData } from '../queues/stages/intake.ts'
import { createState, type State } from '../queues/state.ts'
import { SAMPLE_FILE } from '../queues/testing/samples.ts'
import { testRedis } from '../src/playground/testing/services.ts'
import { readConfig } from '../src/shared/config.ts'
import { createHandler as createIntake } from './intake/handler.ts'
import { createHandler as createPublish } from './publish/handler.ts'
import { testContext } from './test-context.ts'
import { createInterleaving, type Through } from './testing/interleaving.ts'
import { createJobBook } from './testing/job-book.ts'

/**
 * The real handlers of intake and publish over the real scripts, one step at a time in every order that the seeds
 * give, with crashes at any step. Only the queues are a book of jobs, so that the order can be ours.
 */

const PEOPLE = 6
const LINK = 'https://site.example/watch/1'
const MADE = { artifact: 'p/ready.mp4', thumbnail: null, file: SAMPLE_FILE }

let state: State
beforeAll(async () => {
  const { redis, prefix } = await testRedis()
  state = createState(redis, prefix)
})
afterAll(() => state.queues.close())

async function history(seed: number) {
  const { random, add, play } = createInterleaving(seed, 0.08)
  const facts: MediaFacts = {
    ...{ mediaId: `site.${seed}`, extractor: 'site', title: 't', uploader: null, durationS: 1 },
    ...{ inspectedAt: '2026-11-21T00:00:00Z', choices: [{ format: 'v720', codec: null, sizeBytes: null }] },
  }
  const hash = linkHash(`${LINK}-${seed}`)
  await state.facts.saveLink(hash, LINK)
  await state.facts.save(hash, facts)
  const key = mediaKey(facts.mediaId, 'v720')
  const book = createJobBook()
  const { requests, joins } = state
  const generations: number[] = []
  const left = new Set<string>()
  /** Their delivery finds nothing to deliver: they start over, in a new round. */
  const missing = new Set<string>()
  const deliveries = new Set<string>()

  const deps = (through: Through) => ({
    ...state,
    requests: through(requests),
    joins: through(joins),
    // Its jobs are asked one step at a time too; naming a queue is none.
    queues: { ...through(book.queues), queue: (name: StageName) => through(book.queues.queue(name)) },
    notifier: { touch: async () => undefined, touchWaiters: async () => 0 },
    rules: readConfig(['people'], {}),
    maxQueuedPerPerson: 1000,
  })
  const intake = (data: IntakeData) => async (through: Through) =>
    await createIntake(deps(through))({ data, input: null }, testContext())

  book.on('intake', (data) => add('intake', intake(data)))
  // A root runs when the work below it has ended, however it did.
  book.on('publish', (data, jobId) => {
    const fails = random() < 0.4
    generations.push(data.generation)
    let wanted: boolean | null = null
    add('publish', async (through) => {
      wanted ??= await through(joins).isWanted(key, data.generation)
      const fetched = wanted && !fails
      if (!fetched) book.fail('fetch', jobId, wanted ? 'site_error' : 'cancelled')
      const artifacts = { remove: async () => undefined }
      await createPublish({ ...deps(through), artifacts })(
        { data, input: fetched ? MADE : null },
        testContext(),
      )
    })
  })
  book.on('send', ({ ticket, round }) =>
    add('send', async (through) => {
      const request = await through(requests).get(ticket)
      if (request?.state !== 'delivering' || request.round !== round) return
      if (missing.has(ticket)) {
        const record = await through(joins).shared(key)
        if (record.state === 'cached') await through(joins).forget(key, Number(record.generation))
        await book.queues.add(
          'intake',
          { kind: 'resume', ticket, round },
          { jobId: `${ticket}-resume-${round}` },
        )
        missing.delete(ticket)
        return
      }
      // The edit of the ticket, which changes nothing the second time, then its record.
      deliveries.add(`${ticket}-${round}`)
      expect(left.has(ticket)).toBe(false)
      await through(requests).settle(
        request,
        { state: 'delivered', on: { day: '20261121', month: '202611' } },
        { round },
      )
    }),
  )

  const tickets: string[] = []
  for (let person = 1; person <= PEOPLE; person++) {
    const asker: Asker = {
      ...{ botId: 1, chatId: person, chatType: 'private', threadId: null, userId: 1000 * seed + person },
      ...{ language: 'en', messageId: 1 },
    }
    const ticket = await requests.create(asker, `u${seed}-${person}`, hash, 1)
    tickets.push(ticket)
    await requests.set(ticket, { format: 'v720' })
    const go = intake({ kind: 'resume', ticket, round: 99 })
    add('ask', go)
    // A job that has stalled runs once more, at any time.
    if (random() < 0.4) add('ask again', go)
    if (random() < 0.5)
      add('leave', async (through) => {
        const before = await requests.get(ticket)
        await intake({ kind: 'cancel', ticket })(through)
        const after = await requests.get(ticket)
        if (before?.state !== 'delivered' && after?.state === 'cancelled') left.add(ticket)
      })
    if (random() < 0.3)
      add('retry', async (through) => {
        if ((await requests.get(ticket))?.state === 'failed') await intake({ kind: 'retry', ticket })(through)
      })
    if (random() < 0.3) missing.add(ticket)
  }
  await play()
  // Every job has come to its end, however often it died: whatever is not over now, nobody would ever end.
  return { tickets, generations, left, deliveries, key }
}

const SEEDS = Array.from({ length: 200 }, (_, index) => index + 1)

test('in every order, with crashes: everybody ends, nobody twice, no generation comes again', {
  timeout: 300_000,
}, async () => {
  let leavers = 0
  let failed = 0
  let charged = 0
  for (const seed of SEEDS) {
    const { tickets, generations, left, deliveries, key } = await history(seed)
    const ends = await Promise.all(tickets.map((ticket) => state.requests.get(ticket)))
    expect({ seed, states: ends.map((end) => end?.state) }).toEqual({
      seed,
      states: ends.map(() => expect.stringMatching(/^(delivered|failed|cancelled)$/)),
    })
    for (const ticket of left)
      expect({ seed, state: ends.find((end) => end?.ticket === ticket)?.state }).toEqual({
        seed,
        state: 'cancelled',
      })
    expect({ seed, generations }).toEqual({ seed, generations: [...new Set(generations)] })
    expect(await state.joins.waiters(key)).toEqual([])
    expect((await state.joins.shared(key)).state).not.toBe('inflight')
    const rounds = tickets.map((ticket) => [...deliveries].filter((id) => id.startsWith(`${ticket}-`)).length)
    expect({ seed, twice: rounds.filter((count) => count > 1) }).toEqual({ seed, twice: [] })
    // What is not delivered costs nothing, and what is, once; whatever was cached meanwhile costs nothing either.
    for (const end of ends) {
      const { used, delivered } = await state.people.get(1, end?.userId ?? 0)
      const came = end?.state === 'delivered'
      expect({ seed, ticket: end?.ticket, used, delivered }).toEqual({
        ...{ seed, ticket: end?.ticket, used: came && end.charged ? 1 : 0, delivered: came ? 1 : 0 },
      })
      charged += used
    }
    leavers += left.size
    failed += ends.filter((end) => end?.state === 'failed').length
  }
  // The histories are not all of one kind.
  expect(leavers).toBeGreaterThan(100)
  expect(failed).toBeGreaterThan(100)
  expect(charged).toBeGreaterThan(100)
})
