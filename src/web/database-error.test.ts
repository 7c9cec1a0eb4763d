import { createServer } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { testDatabase } from '../playground/testing/services.ts'
import { createPool, createReadPool, type Pool } from '../shared/db/pool.ts'
import { unlessDatabaseAway } from './database-error.ts'
import { HttpError } from './http-error.ts'

let url: string
let db: Pool
let reader: Pool
beforeAll(async () => {
  ;({ url } = await testDatabase())
  db = createPool(url)
  reader = createReadPool(url)
})
afterAll(() => Promise.all([db?.end(), reader?.end()]))

/** The status and the reason, or the error itself when it is a mistake of ours. */
async function endOf(work: Promise<unknown>): Promise<unknown> {
  const error: unknown = await unlessDatabaseAway(work).catch((thrown: unknown) => thrown)
  return error instanceof HttpError ? [error.status, error.reason] : error
}

test('what is answered is passed on', async () => {
  expect(await unlessDatabaseAway(Promise.resolve(7))).toBe(7)
})

test('nobody listens there, or there is no such database: it cannot be reached', async () => {
  const other = new URL(url)
  other.pathname = '/no-such-database'
  for (const address of ['postgres://nobody@127.0.0.1:1/none', other.href]) {
    const away = createPool(address)
    expect([address, await endOf(away.query('SELECT 1'))]).toEqual([address, [503, 'database']])
    await away.end()
  }
})

test('somebody listens and hangs up: it cannot be reached', async () => {
  const rude = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve))
  const { port } = z.object({ port: z.number() }).parse(rude.address())
  const away = createPool(`postgres://nobody@127.0.0.1:${port}/none`)
  expect(await endOf(away.query('SELECT 1'))).toEqual([503, 'database'])
  await away.end()
  rude.close()
})

test('a connection that is ended in the middle of a query', async () => {
  const query = endOf(db.query('SELECT pg_sleep(60) /* the one to end */'))
  const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE query LIKE '%the one to end%' AND pid <> pg_backend_pid() AND state = 'active'`
  await vi.waitFor(async () => expect((await db.query(end)).rowCount).toBe(1), 30_000)
  expect(await query).toEqual([503, 'database'])
})

test.each([
  ['SELECT * FROM not_migrated_yet', [503, 'database']],
  [
    "SELECT set_config('statement_timeout', '50', false), pg_sleep(0); SELECT pg_sleep(60)",
    [504, 'database_slow'],
  ],
])('%s', async (query, expected) => {
  const own = createPool(url)
  expect(await endOf(own.query(query))).toEqual(expected)
  await own.end()
})

test('all connections are in use for too long: that is slow, and not away', async () => {
  const full = new pg.Pool({ connectionString: url, max: 1 })
  const client = await full.connect()
  full.options.connectionTimeoutMillis = 50
  expect(await endOf(full.query('SELECT 1'))).toEqual([504, 'database_slow'])
  client.release()
  await full.end()
})

test('whoever reads cannot write', async () => {
  await db.query('CREATE TABLE IF NOT EXISTS things (id integer)')
  expect(await endOf(reader.query('INSERT INTO things VALUES (1)'))).toEqual([403, 'database_read_only'])
})

test('a mistake of ours stays one', async () => {
  for (const query of ['SELEKT', "SELECT 'x'::integer"])
    expect([query, await endOf(db.query(query))]).toEqual([query, expect.any(Error)])
  expect(await endOf(Promise.reject(new TypeError('ours')))).toBeInstanceOf(TypeError)
})
