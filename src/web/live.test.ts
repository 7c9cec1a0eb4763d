import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createQueues } from '../../queues/queues.ts'
import { testDatabase, testRedis } from '../playground/testing/services.ts'
import { migrate } from '../shared/db/migrate.ts'
import { createPool } from '../shared/db/pool.ts'
import { createLogger } from '../shared/logger.ts'
import { createLive } from './stats/live.ts'
import { createLiveNumbers, LiveNumbers } from './stats/live-numbers.ts'
import { startWeb } from './testing/web-under-test.ts'

const silent = createLogger('silent', 'web')
const NUMBERS: LiveNumbers = {
  ...{ atMs: 1, stages: {}, eventBatchesWaiting: 0, peopleNow: 3, away: [] },
  today: { day: '2026-05-01', deliveries: 1, failures: 0, people: 2 },
}

let service: Awaited<ReturnType<typeof testRedis>>
let url: string
let web: Awaited<ReturnType<typeof startWeb>>
let session: { Cookie: string }

beforeAll(async () => {
  ;[service, { url }] = await Promise.all([testRedis(), testDatabase()])
  await migrate(url)
  web = await startWeb({ ...service, databaseUrl: url })
  session = await web.logIn('viewer')
})
afterAll(() => web?.close())

/** Listens; `events` collects what comes, `ended` is over when the other side has ended it. */
async function listen(server: { origin: string }, headers: Record<string, string> = session) {
  const stop = new AbortController()
  const response = await fetch(`${server.origin}/stats/live`, { headers, signal: stop.signal })
  const events: unknown[] = []
  const read = async () => {
    let rest = ''
    for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const parts = (rest + text).split('\n\n')
      rest = parts.pop() ?? ''
      for (const part of parts) {
        const data = /^data: ?(.*)$/m.exec(part)?.[1]
        if (/^event: ?numbers$/m.test(part) && data) events.push(JSON.parse(data))
      }
    }
  }
  const ended = response.status === 200 ? read().catch(() => undefined) : Promise.resolve()
  return { response, events, ended, leave: () => stop.abort() }
}

/** A server whose numbers are looked up by `look`. */
async function serverWith(more: Partial<Parameters<typeof createLive>[0]> = {}) {
  const look = vi.fn(() => Promise.resolve(NUMBERS))
  const live = createLive({ numbers: look, everyMs: 20, ...more })
  const server = await startWeb({ ...service, databaseUrl: url, live })
  return { ...server, look, live }
}

/** It is about noon there now: no day ends while a test runs. */
function zoneWithNoon(): string {
  const eastward = 12 - new Date().getUTCHours()
  // The names have it the other way round.
  return `Etc/GMT${eastward < 0 ? '+' : '-'}${Math.abs(eastward)}`
}

test('what goes on now: jobs, and the deliveries, failures and people since midnight in REPORT_TZ', async () => {
  const db = createPool(url)
  const queues = createQueues(service.redis, service.prefix)
  const zone = zoneWithNoon()
  const midnight = `date_trunc('day', now() AT TIME ZONE '${zone}') AT TIME ZONE '${zone}'`
  const before = `${midnight} - interval '1 millisecond'`
  await db.query(`INSERT INTO downloads (id, created_at, bot, user_id, video_id, media_key, platform, source, size_bytes, cached, waited_ms)
    SELECT n::text, created_at, 'a', n, 'v', 'k', 'youtube', 'message', 1, false, 1
    FROM (VALUES (1, ${midnight}), (2, ${before}), (3, now())) AS given(n, created_at)`)
  await db.query(`INSERT INTO events (name, at, bot, user_id) VALUES
    ('download_failed', ${midnight}, 'a', 1), ('download_failed', ${before}, 'a', 1),
    ('link_received', now(), 'a', 1), ('link_received', now(), 'a', 1), ('bot_start', now(), 'b', 2),
    ('link_received', now() - interval '6 minutes', 'a', 5), ('download_completed', now(), 'a', 6)`)
  await db.query(`INSERT INTO daily_active (day, bot, user_id)
    SELECT (now() AT TIME ZONE '${zone}')::date - n, 'a', u FROM generate_series(0, 1) n, generate_series(1, 4 + n) u`)
  await queues.queue('analytics').addBulk([1, 2].map((n) => ({ name: 'analytics', data: { n } })))
  await queues.queue('fetch').add('fetch', {}, { delay: 3600_000 })
  const numbers = await createLiveNumbers({
    redis: service.redis,
    queues,
    reader: db,
    reportTz: zone,
    log: silent,
  })()
  expect(LiveNumbers.parse(numbers)).toMatchObject({
    ...{ eventBatchesWaiting: 2, peopleNow: 2, away: [] },
    today: { deliveries: 2, failures: 1, people: 4 },
    stages: { fetch: { waiting: 1, active: 0 }, analytics: { waiting: 2, active: 0 }, send: { waiting: 0 } },
  })
  await queues.close()
  await db.end()
})

test('without Redis, or without PostgreSQL, the rest is told, and what is away is named', async () => {
  const away = new Redis('redis://127.0.0.1:1', { enableOfflineQueue: false, maxRetriesPerRequest: 0 })
  away.on('error', () => undefined)
  const [here, gone] = [createPool(url), createPool('postgres://nobody@127.0.0.1:1/none')]
  const queues = createQueues(service.redis, service.prefix)
  const silentQueues = createQueues(away, service.prefix)
  const look = (redis: Redis, reader: typeof here) =>
    createLiveNumbers({
      redis,
      queues: redis === away ? silentQueues : queues,
      reader,
      reportTz: 'UTC',
      log: silent,
    })()
  expect(LiveNumbers.parse(await look(away, here))).toMatchObject({
    ...{
      stages: null,
      eventBatchesWaiting: null,
      today: { deliveries: expect.any(Number) },
      away: ['redis'],
    },
  })
  expect(LiveNumbers.parse(await look(service.redis, gone))).toMatchObject({
    ...{ stages: { send: {} }, today: null, peopleNow: null, away: ['postgresql'] },
  })
  expect((await look(away, gone)).away).toEqual(['redis', 'postgresql'])
  await Promise.allSettled([queues.close(), silentQueues.close(), here.end(), gone.end()])
  away.disconnect()
})

test('as an event stream, behind the login', async () => {
  expect((await web.get('/stats/live')).status).toBe(401)
  expect((await web.get('/stats/live?every=1', session)).status).toBe(400)
  const head = await fetch(`${web.origin}/stats/live`, { method: 'HEAD', headers: session })
  expect([head.status, head.headers.get('content-type')]).toEqual([
    200,
    expect.stringContaining('event-stream'),
  ])
  const client = await listen(web)
  expect(client.response.headers.get('content-type')).toContain('text/event-stream')
  expect(client.response.headers.get('cache-control')).toContain('no-store')
  await vi.waitFor(() => expect(client.events.length).toBeGreaterThan(1), 30_000)
  LiveNumbers.parse(client.events[0])
  client.leave()
})

test('many who listen cost one look, and nobody who listens costs none', async () => {
  const server = await serverWith()
  await delay(60)
  expect(server.look).not.toHaveBeenCalled()
  const clients = await Promise.all(Array.from({ length: 20 }, () => listen(server)))
  await vi.waitFor(() => {
    for (const { events } of clients) expect(events.length).toBeGreaterThan(3)
  }, 30_000)
  const most = Math.max(...clients.map(({ events }) => events.length))
  // Whoever comes later is greeted with the last numbers.
  expect(server.look.mock.calls.length).toBeLessThanOrEqual(most + 3)
  for (const { leave } of clients) leave()
  await vi.waitFor(() => expect(server.live.clients()).toBe(0), 30_000)
  await vi.waitFor(async () => {
    const before = server.look.mock.calls.length
    await delay(100)
    expect(server.look.mock.calls.length).toBe(before)
  }, 30_000)
  // And again, when somebody comes back.
  const later = await listen(server)
  await vi.waitFor(() => expect(later.events.length).toBeGreaterThan(1), 30_000)
  later.leave()
  await server.close()
})

test('only so many may listen; one who leaves makes room', async () => {
  const server = await serverWith({ mostClients: 2 })
  const [first] = [await listen(server), await listen(server)]
  const third = await listen(server)
  expect([third.response.status, third.response.headers.get('retry-after')]).toEqual([503, '30'])
  expect(await third.response.json()).toEqual({ error: 'too many are looking already' })
  first?.leave()
  await vi.waitFor(() => expect(server.live.clients()).toBe(1), 30_000)
  expect((await listen(server)).response.status).toBe(200)
  await server.close()
})

test('a connection ends after a while: whoever comes back must still be logged in', async () => {
  const server = await serverWith({ lifeMs: 50 })
  const { ended } = await listen(server)
  await ended
  await server.close()
})

test('a stop ends every connection, and nobody new is let in', async () => {
  const server = await serverWith()
  const client = await listen(server)
  await vi.waitFor(() => expect(client.events.length).toBeGreaterThan(0), 30_000)
  server.live.close()
  await client.ended
  expect(server.live.clients()).toBe(0)
  expect((await listen(server)).response.status).toBe(503)
  await server.close()
})

test('numbers that take longer than the time between two looks are not asked for twice at once', async () => {
  let running = 0
  let most = 0
  const server = await serverWith({
    everyMs: 1,
    numbers: async () => {
      most = Math.max(most, ++running)
      await delay(20)
      running--
      return NUMBERS
    },
  })
  const clients = await Promise.all([listen(server), listen(server)])
  await vi.waitFor(() => expect(clients[0]?.events.length).toBeGreaterThan(3), 30_000)
  expect(most).toBe(1)
  await server.close()
})
