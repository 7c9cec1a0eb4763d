import { beforeEach, expect, test } from 'vitest'
import { testRedis } from '../src/playground/testing/services.ts'
import type { DeadLetter } from './dead-letter.ts'
import { deadLetterId } from './dead-letters.ts'
import type { FailureCode } from './failure.ts'
import { productionId } from './flow.ts'
import { inspectionKey } from './join.ts'
import type { StageName } from './pipeline.ts'
import type { ProductionData } from './production.ts'
import { createReplay, type Replay } from './replay.ts'
import type { Request } from './request.ts'
import { createState, type State } from './state.ts'
import { SAMPLE_FILE } from './testing/samples.ts'

const HOUR_MS = 3600_000
const MADE = { artifact: 'p/fetched.mp4', sizeBytes: 1 }
const KEY = 'site.1.v720.full.public'
let state: State
let operator: Replay
let unique = 0
beforeEach(async () => {
  const { redis, prefix } = await testRedis()
  state = createState(redis, prefix)
  operator = createReplay(state, { artifactMaxAgeMs: 6 * HOUR_MS })
})

async function asked(): Promise<Request> {
  const userId = ++unique
  const asker = { botId: 1, chatId: userId, userId, messageId: 1, threadId: null } as const
  const ticket = await state.requests.create(
    { ...asker, chatType: 'private', language: 'en' },
    `u${unique}`,
    'hash',
    1,
  )
  return await now({ ticket })
}
async function now({ ticket }: Pick<Request, 'ticket'>): Promise<Request> {
  const request = await state.requests.get(ticket)
  if (!request) throw new Error('lost')
  return request
}

function letterOf(stage: StageName, jobId: string, data: object, more: Partial<DeadLetter> = {}): DeadLetter {
  const failedAtMs = more.failedAtMs ?? Date.now()
  return {
    id: deadLetterId(stage, jobId, failedAtMs),
    ...{ stage, jobId, ticket: null, code: 'internal', reason: 'internal', failedAtMs },
    ...{ attempts: 1, crashes: 0, site: null, mediaKey: null, stderr: [], versions: {}, data, input: null },
    ...more,
  }
}

/** A production that failed, its people told, and the record of it. */
async function failedProduction(
  people: Request[],
  { stage = 'transcode', ...more }: Partial<DeadLetter> & { stage?: 'fetch' | 'transcode' } = {},
) {
  let generation = 0
  for (const request of people) {
    const joined = await state.joins.joinProduction(request, KEY, 1)
    if (joined.how !== 'waiting') throw new Error(joined.how)
    generation = joined.generation
  }
  await told(KEY, generation, people)
  const data: ProductionData = {
    ticket: people[0]?.ticket ?? '',
    ...{ mediaId: 'site.1', mediaKey: KEY, format: 'v720', linkHash: 'hash', generation },
  }
  const letter = letterOf(stage, productionId(data.ticket, generation), data, { input: MADE, ...more })
  await state.deadLetters.add(letter)
  return { letter, generation, id: letter.id }
}
async function told(key: string, generation: number, people: Request[], failure: FailureCode = 'internal') {
  await state.joins.finish(key, generation, { fields: null, ttlMs: 0, from: '', to: '' })
  for (const request of people) await state.requests.settle(request, { state: 'failed', failure })
  await state.joins.told(key, generation)
}

const jobsOf = async (name: StageName) =>
  await state.queues.queue(name).getJobs(['waiting', 'prioritized', 'waiting-children', 'delayed'])

test('from the dead stage, under a new generation, for all who were told', async () => {
  const people = [await asked(), await asked(), await asked()]
  const { id, generation } = await failedProduction(people)
  const answer = await operator.replay(id, 'command')
  const [job] = await jobsOf('transcode')
  expect(answer).toEqual({
    done: true,
    outcome: { how: 'started', from: 'transcode', people: 3, jobId: job?.id },
  })
  expect(job?.data).toMatchObject({ ticket: people[0]?.ticket, mediaKey: KEY, input: MADE })
  expect(job?.data.generation).toBeGreaterThan(generation)
  expect(await jobsOf('fetch')).toEqual([])
  expect((await state.queues.queue('publish').getJob(job?.id ?? ''))?.data).not.toHaveProperty('input')
  for (const request of people)
    expect(await now(request)).toMatchObject({
      ...{ state: 'producing', generation: job?.data.generation, round: 2, failure: null, replayed: true },
      view: request.view + 3,
    })
  expect((await state.joins.waiters(KEY)).sort()).toEqual(people.map(({ ticket }) => ticket).sort())
  // Their end finds them, as it finds anybody.
  const end = { fields: { file: '{}' }, ttlMs: 0, from: 'producing', to: 'delivering' }
  expect((await state.joins.finish(KEY, job?.data.generation, end)).length).toBe(3)
  expect(await state.deadLetters.get(id)).toMatchObject({ state: 'replayed', changedBy: 'command' })
  expect(await state.deadLetters.list({ state: 'open' }, 9)).toEqual([])
})

test('twenty at once start one', async () => {
  const { id } = await failedProduction([await asked(), await asked()])
  const answers = await Promise.all(Array.from({ length: 20 }, () => operator.replay(id, 'dashboard')))
  expect(answers.filter(({ done }) => done)).toHaveLength(1)
  expect(answers.find(({ done }) => !done)).toEqual({ done: false, why: 'closed' })
  expect(await jobsOf('transcode')).toHaveLength(1)
})

test('who cancelled, tried again or asks anew is left where they are', async () => {
  const people = [await asked(), await asked(), await asked()]
  const [stays, retries, again] = people
  if (!stays || !retries || !again) throw new Error('nobody')
  const { id } = await failedProduction(people)
  await state.requests.reopen(retries)
  await state.requests.reopen(again)
  await state.joins.joinProduction(again, 'site.2.v720.full.public', 1)
  const before = [await now(retries), await now(again)]
  expect(await operator.replay(id, 'command')).toMatchObject({ outcome: { how: 'started', people: 1 } })
  expect([await now(retries), await now(again)]).toEqual(before)
  expect(await state.joins.waiters(KEY)).toEqual([stays.ticket])
})

test('who presses Try again at the same moment is in one place', async () => {
  for (let round = 0; round < 20; round++) {
    const person = await asked()
    const { id, generation } = await failedProduction([person])
    const retry = async () => {
      await state.requests.reopen(person)
      return await state.joins.joinProduction(person, KEY, 1)
    }
    const [, retried] = await Promise.all([operator.replay(id, 'command'), retry()])
    const request = await now(person)
    expect(request).toMatchObject({ state: 'producing', mediaKey: KEY })
    expect(request.generation).toBeGreaterThan(generation)
    expect(await state.joins.isWanted(KEY, request.generation ?? 0)).toBe(true)
    expect(retried.how).toBe('waiting')
    await told(KEY, request.generation ?? 0, [request])
  }
})

test('work that runs already is joined, a file that is there is sent, each person by themselves', async () => {
  const [runs, known] = [await asked(), await asked()]
  const { id } = await failedProduction([runs, known])
  await state.sentFiles.save(1, 'other', { fileId: 'x'.repeat(30), kind: 'video', file: SAMPLE_FILE })
  const newcomer = await asked()
  const joined = await state.joins.joinProduction(newcomer, KEY, 1)
  if (joined.how !== 'waiting') throw new Error(joined.how)
  await state.joins.confirm(KEY, joined.generation)
  expect(await operator.replay(id, 'command')).toMatchObject({
    outcome: { how: 'joined', people: 2, jobId: productionId(newcomer.ticket, joined.generation) },
  })
  expect((await state.joins.waiters(KEY)).length).toBe(3)
  expect((await now(runs)).generation).toBe(joined.generation)
  expect(await jobsOf('fetch')).toEqual([])
})

test.each(['cached', 'file'])('what is there by now is sent, and nothing is made (%s)', async (how) => {
  const person = await asked()
  const { id } = await failedProduction([person])
  if (how === 'file')
    await state.sentFiles.save(1, KEY, { fileId: 'x'.repeat(30), kind: 'video', file: SAMPLE_FILE })
  else await state.redis.hset(state.keys.shared(KEY), { state: 'cached', generation: 99 })
  expect(await operator.replay(id, 'command')).toMatchObject({
    outcome: { how: 'sent', from: 'send', people: 1 },
  })
  expect(await now(person)).toMatchObject({ state: 'delivering', round: 2, generation: null })
  expect((await jobsOf('send')).map(({ id: jobId }) => jobId)).toEqual([`${person.ticket}-2`])
  expect(await state.redis.exists(state.keys.waiters(KEY))).toBe(0)
})

test('where nobody waits any more nothing is made', async () => {
  const person = await asked()
  const { id } = await failedProduction([person])
  await state.requests.reopen(person)
  expect(await operator.replay(id, 'command')).toMatchObject({ outcome: { how: 'nobody', people: 0 } })
  expect(await state.deadLetters.get(id)).toMatchObject({ state: 'discarded' })
  expect(await state.joins.shared(KEY)).toEqual({})
})

test('people who are just being told are waited for', async () => {
  const person = await asked()
  const joined = await state.joins.joinProduction(person, KEY, 1)
  const generation = joined.how === 'waiting' ? joined.generation : 0
  const data = {
    ticket: person.ticket,
    mediaId: 'site.1',
    mediaKey: KEY,
    format: 'v720',
    linkHash: 'hash',
    generation,
  }
  const letter = letterOf('fetch', productionId(person.ticket, generation), data)
  await state.deadLetters.add(letter)
  const ending = { done: false, why: 'ending' }
  expect(await operator.replay(letter.id, 'command')).toEqual(ending)
  await state.joins.finish(KEY, generation, { fields: null, ttlMs: 0, from: '', to: '' })
  expect(await operator.replay(letter.id, 'command')).toEqual(ending)
  await state.requests.settle(person, { state: 'failed', failure: 'internal' })
  await state.joins.told(KEY, generation)
  expect(await operator.replay(letter.id, 'command')).toMatchObject({
    done: true,
    outcome: { from: 'fetch' },
  })
})

test.each<[string, Parameters<typeof failedProduction>[1]]>([
  ['swept by age', { failedAtMs: Date.now() - 7 * HOUR_MS }],
  ['said to be missing', { code: 'input_missing' }],
  ['thrown away for room', { code: 'disk_full' }],
])('what a stage was given is %s: the replay begins at the site', async (_, more) => {
  const { id } = await failedProduction([await asked()], more)
  expect(await operator.replay(id, 'command')).toMatchObject({ outcome: { how: 'started', from: 'fetch' } })
  const [job] = await jobsOf('fetch')
  expect(job?.data).not.toHaveProperty('input')
})

test('a replay that died before its flow is taken up again, with the same generation', async () => {
  const { id, letter } = await failedProduction([await asked()])
  const { keys, redis } = state
  // As the script has left it.
  const addFlow = state.queues.addFlow
  state.queues.addFlow = () => Promise.reject(new Error('killed'))
  await expect(operator.replay(id, 'command')).rejects.toThrow('killed')
  state.queues.addFlow = addFlow
  expect(await operator.replay(id, 'command')).toEqual({ done: false, why: 'closed' })
  const { generation } = await state.joins.shared(KEY)
  await redis.hset(keys.deadLetter(id), 'changedAtMs', Date.now() - 61_000)
  expect(await operator.replay(id, 'command')).toMatchObject({
    outcome: {
      how: 'started',
      people: 1,
      jobId: productionId(letter.ticket ?? String(letter.jobId.split('-')[0]), Number(generation)),
    },
  })
  expect(await jobsOf('transcode')).toHaveLength(1)
})

test('an inspection', async () => {
  const people = [await asked(), await asked()]
  let generation = 0
  for (const request of people) {
    const joined = await state.joins.joinInspection(request, 'hash', 1)
    generation = joined.how === 'waiting' ? joined.generation : 0
  }
  await told(inspectionKey('hash'), generation, people)
  const ticket = people[0]?.ticket ?? ''
  const letter = letterOf('inspect', productionId(ticket, generation), {
    ticket,
    linkHash: 'hash',
    generation,
  })
  await state.deadLetters.add(letter)
  expect(await state.deadLetters.people(letter)).toBe(2)
  expect(await operator.replay(letter.id, 'command')).toMatchObject({
    outcome: { how: 'started', from: 'inspect', people: 2 },
  })
  expect((await jobsOf('inspect'))[0]?.data).toMatchObject({ ticket, linkHash: 'hash' })
  expect(await now({ ticket })).toMatchObject({ state: 'inspecting', round: 2 })
})

test('a delivery: the same file, as a new round, and nobody else’s', async () => {
  const person = await asked()
  await state.requests.move(person.ticket, ['asked'], 'delivering')
  const data = { ticket: person.ticket, round: 1 }
  const letter = letterOf('send', `${person.ticket}-1`, data, { ticket: person.ticket })
  await state.deadLetters.add(letter)
  expect(await operator.replay(letter.id, 'command')).toEqual({ done: false, why: 'ending' })
  await state.requests.settle(person, { state: 'failed', failure: 'telegram_rejected' })
  expect(await operator.replay(letter.id, 'command')).toMatchObject({ outcome: { how: 'sent', people: 1 } })
  expect(await now(person)).toMatchObject({ state: 'delivering', round: 2 })
  expect((await jobsOf('send'))[0]?.data).toEqual({ ticket: person.ticket, round: 2 })
})

/** A job that fails for good, with no worker to fail it. */
async function failedJob(stage: StageName, data: object, jobId: string) {
  const queue = state.queues.queue(stage)
  await queue.add(stage, data, { jobId })
  await state.redis.lrem(queue.toKey('wait'), 0, jobId)
  await state.redis.zadd(queue.toKey('failed'), Date.now(), jobId)
  await state.redis.hset(queue.toKey(jobId), { failedReason: 'internal', finishedOn: Date.now() })
  const letter = letterOf(stage, jobId, stage === 'intake' ? {} : data)
  await state.deadLetters.add(letter)
  return letter.id
}

test('a job that nobody shares: once more, under an id of its own; its links stay where they are', async () => {
  const links = { kind: 'links', links: ['https://a.b/c'] }
  const id = await failedJob('intake', links, 'u1')
  const answers = await Promise.all([operator.replay(id, 'command'), operator.replay(id, 'command')])
  expect(answers.filter(({ done }) => done)).toHaveLength(1)
  const [job, ...more] = await jobsOf('intake')
  expect([job?.id, job?.data, more]).toEqual([expect.stringMatching(/^u1-replay-\d+$/), links, []])
})

test('roots and uploads: the same job once more', async () => {
  const id = await failedJob('publish', { any: 1 }, 'ABCDEF-1')
  expect(await operator.replay(id, 'command')).toMatchObject({ outcome: { how: 'again', jobId: 'ABCDEF-1' } })
  expect((await jobsOf('publish')).map((job) => job.id)).toEqual(['ABCDEF-1'])
})

test('a job that was removed cannot run again, and its record says so', async () => {
  const id = await failedJob('analytics', { any: 1 }, 'e1')
  await (await state.queues.queue('analytics').getJob('e1'))?.remove()
  expect(await operator.replay(id, 'command')).toEqual({ done: false, why: 'job_gone' })
  expect(await state.deadLetters.list({ state: 'open' }, 9)).toHaveLength(1)
  expect(await operator.discard(id, 'command')).toMatchObject({ done: true })
  expect(await operator.discard(id, 'command')).toEqual({ done: false, why: 'closed' })
  expect(await operator.replay(id, 'command')).toEqual({ done: false, why: 'closed' })
  expect(await operator.replay('send-ABCDEF-1-5', 'command')).toEqual({ done: false, why: 'unknown' })
})

test('a whole root cause, and nothing else', async () => {
  for (const code of ['network', 'network', 'storage'] as const)
    await state.deadLetters.add(letterOf('analytics', `gone-${++unique}`, {}, { code, site: null }))
  const person = await asked()
  await state.requests.move(person.ticket, ['asked'], 'delivering')
  await state.requests.settle(person, { state: 'failed', failure: 'internal' })
  const data = { ticket: person.ticket, round: 1 }
  await state.deadLetters.add(letterOf('send', `${person.ticket}-1`, data, { code: 'network' }))
  expect(await state.deadLetters.groups()).toMatchObject([
    { stage: 'analytics', code: 'network', count: 2 },
    { count: 1 },
    { count: 1 },
  ])
  expect(await state.deadLetters.openByStage()).toEqual({ analytics: 3, send: 1 })
  expect(await operator.replayAll({ stage: 'send', code: 'network' }, 'command')).toEqual({
    ...{ replayed: 1, left: 0, people: 1 },
  })
  expect(await operator.replayAll({ stage: 'analytics', code: 'network' }, 'command')).toEqual({
    ...{ replayed: 0, left: 2, people: 0 },
  })
})
