import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type AnalyticsEvent, eventId } from '../../queues/event.ts'
import { StageError } from '../../queues/failure.ts'
import { keysFor } from '../../queues/keys.ts'
import { testDatabase, testRedis } from '../../src/playground/testing/services.ts'
import { migrate } from '../../src/shared/db/migrate.ts'
import { createPool, type Pool } from '../../src/shared/db/pool.ts'
import { createLogger } from '../../src/shared/logger.ts'
import { testContext } from '../test-context.ts'
import { createHandler } from './handler.ts'

const log = createLogger('silent', 'test')
const context = testContext({ log })
const BOT_ID = 7_000_000_001
/** What the handler writes through, and what the test looks with. */
let url: string
let db: Pool
let eyes: Pool
let write: (event: AnalyticsEvent) => Promise<{ inserted: boolean }>
/** A new handler, as a new worker has it. */
let newHandler: () => ReturnType<typeof createHandler>

beforeAll(async () => {
  url = (await testDatabase()).url
  await migrate(url)
  db = createPool(url, { applicationName: 'handler' })
  eyes = createPool(url, { applicationName: 'eyes' })
  const { redis, prefix } = await testRedis()
  const keys = keysFor(prefix)
  await redis.hset(keys.botNames, String(BOT_ID), 'clipferry_bot')
  const migrated = async () => undefined
  newHandler = () => createHandler({ redis, keys, db, migrated, timeZone: 'Europe/Moscow', log })
})
afterAll(() => Promise.all([db?.end(), eyes?.end()]))
beforeEach(async () => {
  await eyes.query('TRUNCATE events')
  const handler = newHandler()
  write = (event) => writeOne(handler, event)
})

async function writeOne(handler: ReturnType<typeof createHandler>, event: AnalyticsEvent) {
  const { inserted } = await handler({ data: { events: [event] }, input: null }, context)
  return { inserted: inserted === 1 }
}

const clicked = (
  n: number,
  changes: Partial<Extract<AnalyticsEvent, { name: 'view_clicked' }>> = {},
): AnalyticsEvent => ({
  id: eventId('view_clicked', n),
  name: 'view_clicked',
  atMs: Date.UTC(2026, 10, 21, 12, 0, 0, 123) + n,
  botId: BOT_ID,
  userId: 42,
  kind: 'button_click',
  ticket: 'ABC123',
  mediaKey: null,
  button: 'v720',
  ...changes,
})
const many = (count: number, from = 0) => Array.from({ length: count }, (_, i) => clicked(from + i))

async function ids(): Promise<string[]> {
  const { rows } = await eyes.query<{ event_id: string }>('SELECT event_id FROM events')
  return rows.map((row) => row.event_id).sort()
}
const idsOf = (events: AnalyticsEvent[]) => events.map(({ id }) => id).sort()

/** A database that lets nobody in fails new connections as a stopped one does. */
async function allowConnections(yes: boolean): Promise<void> {
  const name = new URL(url).pathname.slice(1)
  const elsewhere = createPool(Object.assign(new URL(url), { pathname: '/postgres' }).href)
  await elsewhere.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS ${yes}`)
  await elsewhere.end()
}

/** Ends every connection of the handler, as a restart of PostgreSQL does. */
async function cutConnections(): Promise<void> {
  await eyes.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'handler'",
  )
}

test('an event is a row: the shared columns on their own, the rest as properties', async () => {
  await write({
    id: 'one',
    name: 'bot_error',
    atMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    botId: BOT_ID,
    userId: null,
    ticket: null,
    stage: 'fetch',
    code: 'gone',
  })
  await write({ ...clicked(1), id: 'two' })
  const { rows } = await eyes.query('SELECT * FROM events ORDER BY event_id')
  expect(rows).toEqual([
    {
      event_id: 'one',
      name: 'bot_error',
      at: new Date('2026-01-02T03:04:05.678Z'),
      bot: 'clipferry_bot',
      user_id: null,
      ticket: null,
      props: { stage: 'fetch', code: 'gone' },
    },
    expect.objectContaining({
      event_id: 'two',
      user_id: '42',
      ticket: 'ABC123',
      props: { kind: 'button_click', mediaKey: null, button: 'v720' },
    }),
  ])
})

test('jobs that run at once share statements', async () => {
  const query = vi.spyOn(db, 'query')
  try {
    const events = many(2400)
    const results = await Promise.all(events.map(write))
    expect(results.every(({ inserted }) => inserted)).toBe(true)
    expect(query).toHaveBeenCalledTimes(3)
    expect(await ids()).toEqual(idsOf(events))
  } finally {
    query.mockRestore()
  }
})

test('a job ends only when its row is committed', async () => {
  await Promise.all(
    many(20).map(async (event) => {
      await write(event)
      expect(await ids()).toContain(event.id)
    }),
  )
})

test('an event that comes again is one row, in one batch as over many', async () => {
  const event = clicked(1)
  const together = await Promise.all([write(event), write(event), write(event)])
  expect(together.filter(({ inserted }) => inserted)).toHaveLength(1)
  expect(await write(event)).toEqual({ inserted: false })
  expect(await ids()).toEqual([event.id])
})

test('batches that share events in opposite orders do not block each other', async () => {
  // Rows that take their time, so that the statements overlap on any machine.
  await eyes.query(`
    CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_sleep(0.002); RETURN NEW; END $$;
    CREATE TRIGGER dawdle BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION dawdle()`)
  try {
    const events = many(100)
    const results = await Promise.all(
      [events, events.toReversed(), events, events.toReversed()].flatMap((order) => {
        const handler = newHandler()
        return order.map((event) => writeOne(handler, event))
      }),
    )
    expect(results.filter(({ inserted }) => inserted)).toHaveLength(100)
    expect(await ids()).toEqual(idsOf(events))
  } finally {
    await eyes.query('DROP TRIGGER dawdle ON events; DROP FUNCTION dawdle')
  }
})

test.each([
  ['a zero character, which PostgreSQL has no place for', { button: 'a\0b' }],
  ['an id that is no whole number', { userId: 1.5 }],
  ['a time that no calendar has', { atMs: 9e15 }],
])('a row with %s fails alone', async (_, changes) => {
  const good = many(30)
  const [bad, ...rest] = await Promise.allSettled([clicked(1000, changes), ...good].map(write))
  expect(bad).toMatchObject({ status: 'rejected', reason: { code: 'input_missing' } })
  expect(rest.every(({ status }) => status === 'fulfilled')).toBe(true)
  expect(await ids()).toEqual(idsOf(good))
})

test('a failure says nothing of the row', async () => {
  const failure = await write(clicked(1, { button: 'secret\0text' })).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(StageError)
  expect(JSON.stringify([failure, String(failure), (failure as StageError).cause ?? null])).not.toContain(
    'secret',
  )
})

test('a database that goes away and comes back: nothing lost, nothing twice', async () => {
  await write(clicked(0))
  await allowConnections(false)
  await cutConnections()
  const away = await Promise.allSettled(many(10).map(write))
  expect(away.every((result) => result.status === 'rejected' && result.reason instanceof StageError)).toBe(
    true,
  )
  await allowConnections(true)
  await vi.waitFor(() => Promise.all(many(10).map(write)), 30_000)
  expect(await ids()).toEqual(idsOf(many(10)))
})

test('connections that are cut while batches are written: what failed is written when it comes again', async () => {
  let failures = 0
  let knife = Promise.resolve()
  /** As BullMQ does it: again until it is done. */
  const persistently = async (event: AnalyticsEvent): Promise<void> => {
    for (;;) {
      try {
        await write(event)
        return
      } catch {
        failures++
      }
    }
  }
  const written: AnalyticsEvent[] = []
  while (failures < 500) {
    const events = many(1000, written.length)
    written.push(...events)
    knife = knife.then(cutConnections)
    await Promise.all(events.map(persistently))
  }
  await knife
  expect(await ids()).toEqual(idsOf(written))
})
