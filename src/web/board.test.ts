import { createRequire } from 'node:module'
import { FlowProducer, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { STAGE_NAMES } from '../../queues/pipeline.ts'
import { testRedis } from '../playground/testing/services.ts'
import { startWeb } from './testing/web-under-test.ts'

const TOKEN = '123456789:AAcanaryCANARYcanaryCANARYcanary12345'
const LINK = 'https://canary.example/watch?v=canary-video'
const PERSON = 'canary-person'
const CANARIES = /AAcanary|canary\.example|canary-video|canary-person/i
const POISON = `calling https://api.telegram.org/bot${TOKEN}/sendVideo for ${LINK}`
const DATA = {
  kind: 'links',
  asker: { userId: 1, name: PERSON },
  links: [LINK],
  title: PERSON,
  nested: [{ note: POISON, [LINK]: 1 }],
}

/** The board's own list of its routes, so that a route that an update brings is crawled too. */
const { appRoutes }: { appRoutes: { api: { method: string | string[]; route: string | string[] }[] } } =
  createRequire(import.meta.url)('../../node_modules/@bull-board/api/dist/routes.js')
const routes = appRoutes.api.flatMap(({ method, route }) =>
  [method].flat().flatMap((m) => [route].flat().map((path) => ({ method: m.toUpperCase(), path }))),
)

let web: Awaited<ReturnType<typeof startWeb>>
let headers: { Cookie: string }
let flow: FlowProducer
let connection: Redis
let worker: Worker

beforeAll(async () => {
  const { redis, url, prefix } = await testRedis()
  web = await startWeb({ redis, prefix })
  headers = await web.logIn()
  connection = new Redis(url, { maxRetriesPerRequest: null })
  flow = new FlowProducer({ connection, prefix })
  worker = new Worker(
    'fetch',
    async (job) => {
      await job.log(POISON)
      await job.updateProgress({ note: POISON, title: PERSON })
      if (job.name === 'done') return { title: PERSON, note: POISON, links: [LINK] }
      throw new Error(POISON)
    },
    { connection, prefix },
  )
  await web.queues.queue('fetch').add('done', DATA, { jobId: 'done', deduplication: { id: LINK } })
  await flow.add({
    name: POISON,
    queueName: 'upload',
    data: DATA,
    opts: { jobId: 'root' },
    children: [
      {
        name: 'failing',
        queueName: 'fetch',
        data: DATA,
        opts: { jobId: 'failing', ignoreDependencyOnFailure: true },
      },
    ],
  })
  await web.queues
    .queue('fetch')
    .upsertJobScheduler(
      'scheduler',
      { every: 3600_000, startDate: Date.now() + 3600_000 },
      { name: POISON, data: DATA },
    )
  const states = () =>
    Promise.all(
      ['done', 'failing'].map(async (id) => (await web.queues.queue('fetch').getJob(id))?.getState()),
    )
  await vi.waitFor(async () => expect(await states()).toEqual(['completed', 'failed']), 30_000)
})
afterAll(async () => {
  await worker?.close()
  await flow?.close()
  await web?.close()
  connection?.disconnect()
})

const filled = (path: string, jobId: string, queueName = 'fetch') =>
  path
    .replace(':queueName', queueName)
    .replace(':jobId', jobId)
    .replace(':schedulerId', 'scheduler')
    .replace(/:\w+/g, 'failed')

test('all stages are on the board, in their order', async () => {
  const answer = await (await web.get('/queues/api/queues', headers)).json()
  expect(answer.queues.map((queue: { name: string }) => queue.name)).toEqual(STAGE_NAMES)
})

test('no answer holds a token, a link or a person’s text', async () => {
  const paths = routes
    .filter(({ method }) => method === 'GET')
    .flatMap(({ path }) => ['done', 'failing'].map((id) => filled(path, id)))
  paths.push(filled('/api/queues/:queueName/:jobId', 'root', 'upload'))
  paths.push(filled('/api/queues/:queueName/:jobId/flow', 'root', 'upload'))
  for (const status of ['latest', 'completed', 'failed', 'delayed', 'waiting-children'])
    for (const queue of ['fetch', 'upload'])
      paths.push(`/api/queues?activeQueue=${queue}&status=${status}&page=1&jobsPerPage=100`)
  const answers = await Promise.all(
    [...new Set(paths)].map(async (path) => {
      const response = await web.get(`/queues${path}`, headers)
      return { path, status: response.status, body: await response.text() }
    }),
  )
  expect(answers.filter(({ body }) => CANARIES.test(body)).map(({ path }) => path)).toEqual([])
  // The search would find nothing in answers that say nothing: what was hidden must be there.
  expect(answers.filter(({ status }) => status !== 200)).toEqual([])
  const all = answers.map(({ body }) => body).join()
  expect(all).toContain('calling [link] for [link]')
  expect(all.match(/"asker":"\[hidden\]"/g)?.length).toBeGreaterThan(4)
})

test('the logs of a job stay the list that the page counts on', async () => {
  const response = await web.get('/queues/api/queues/fetch/done/logs', headers)
  expect(await response.json()).toEqual(['calling [link] for [link]'])
})

test('without a login every route answers 401', async () => {
  for (const { method, path } of routes) {
    const response = await fetch(`${web.origin}/queues${filled(path, 'done')}`, {
      method,
      headers: { Origin: web.origin },
    })
    expect([method, path, response.status]).toEqual([method, path, 401])
  }
})

test('whoever is logged in can look, and change nothing', async () => {
  const writes = routes.filter(({ method }) => method !== 'GET')
  expect(writes.length).toBeGreaterThan(15)
  for (const { method, path } of writes) {
    const response = await fetch(`${web.origin}/queues${filled(path, 'failing')}`, {
      method,
      headers: { ...headers, Origin: web.origin, 'Content-Type': 'application/json' },
      body: '{}',
    })
    expect([method, path, response.status]).toEqual([method, path, 405])
  }
  expect(await web.queues.queue('fetch').getJobCounts('failed', 'completed')).toEqual({
    failed: 1,
    completed: 1,
  })
})

test('what breaks inside the board stays inside', async () => {
  const queue = web.queues.queue('fetch')
  const broken = vi.spyOn(queue, 'getJobLogs').mockRejectedValue(new Error(POISON))
  const response = await web.get('/queues/api/queues/fetch/done/logs', headers)
  expect([response.status, await response.text()]).toEqual([500, expect.not.stringMatching(CANARIES)])
  expect(web.lines.join()).toContain('the board failed')
  expect(web.lines.join()).not.toMatch(CANARIES)
  broken.mockRestore()
})
