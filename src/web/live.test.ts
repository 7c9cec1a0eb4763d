import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { testDatabase, testRedis } from '../playground/testing/services.ts'
import { migrate } from '../shared/db/migrate.ts'
import { createLive } from './stats/live.ts'
import { LiveNumbers } from './stats/live-numbers.ts'
import { startWeb } from './testing/web-under-test.ts'

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
