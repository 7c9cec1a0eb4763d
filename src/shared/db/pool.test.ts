import { Writable } from 'node:stream'
import { Client } from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { testDatabase } from '../../playground/testing/services.ts'
import { migrate } from './migrate.ts'
import { createPool, createReadPool, type Pool } from './pool.ts'
import { ensureReader, READER } from './reader.ts'

let url: string
let reader: Pool

beforeAll(async () => {
  url = (await testDatabase()).url
  await migrate(url)
  reader = createReadPool(url)
})
afterAll(() => reader?.end())

test('a reader is the role of readers, sees every table, and what comes later', async () => {
  const owner = createPool(url)
  await owner.query('CREATE TABLE later (n int); INSERT INTO later VALUES (1)')
  await owner.end()
  await expect(reader.query('SELECT current_user::text AS me')).resolves.toMatchObject({
    rows: [{ me: READER }],
  })
  for (const table of ['later', 'events', 'users', 'shared.users', 'shared.analytics_events'])
    await expect(reader.query(`SELECT count(*) FROM ${table}`), table).resolves.toBeTruthy()
})

test.each([
  "INSERT INTO videos VALUES ('a', 'b', now(), 0, now())",
  'DELETE FROM users',
  'CREATE TABLE mine (n int)',
  // Without the setting of the connection, the role still may not.
  'BEGIN READ WRITE; DELETE FROM users; COMMIT',
  'SET default_transaction_read_only = off; DROP TABLE videos',
])('a reader changes nothing: %s', async (statement) => {
  const client = await reader.connect()
  try {
    // 25006: a read-only transaction. 42501: no right to.
    await expect(client.query(statement)).rejects.toMatchObject({
      code: expect.stringMatching(/25006|42501/),
    })
  } finally {
    client.release(true)
  }
})

test('a reader waits five seconds for an answer, and no longer', async () => {
  await expect(reader.query('SHOW statement_timeout')).resolves.toMatchObject({
    rows: [{ statement_timeout: '5s' }],
  })
})

test('a user of the database who may make no roles has all the rest', async () => {
  const admin = new Client({ connectionString: url })
  await admin.connect()
  const database = new URL(url).pathname.slice(1)
  const name = `u_${database.replaceAll('-', '_')}`
  await admin.query(`CREATE ROLE ${name} LOGIN PASSWORD 'p'`)
  await admin.query(`CREATE DATABASE "${database}-own" OWNER ${name}`)
  const own = Object.assign(new URL(url), {
    ...{ username: name, password: 'p', pathname: `/${database}-own` },
  }).href
  const pool = createReadPool(own)
  try {
    await expect(migrate(own)).resolves.toContain('0001_events')
    await expect(pool.query('SELECT current_user::text AS me')).resolves.toMatchObject({
      rows: [{ me: name }],
    })
    await expect(pool.query('DELETE FROM users')).rejects.toMatchObject({ code: '25006' })
  } finally {
    await pool.end()
    await admin.query(`DROP DATABASE "${database}-own" WITH (FORCE)`)
    await admin.query(`DROP ROLE ${name}`)
    await admin.end()
  }
})

test('many databases of one server make the role at the same moment', async () => {
  const databases = await Promise.all(Array.from({ length: 4 }, () => testDatabase()))
  const pools = databases.map((database) => createPool(database.url))
  try {
    await Promise.all(pools.map((pool) => pool.query('CREATE SCHEMA shared')))
    const made = await Promise.all([0, 1, 2].flatMap(() => pools.map((pool) => ensureReader(pool))))
    expect(made.every(Boolean)).toBe(true)
  } finally {
    await Promise.all(pools.map((pool) => pool.end()))
  }
})

test('what takes long is logged by its name or text, never with its values', async () => {
  const lines: string[] = []
  const write = (line: unknown, _: string, done: () => void) => {
    lines.push(String(line))
    done()
  }
  const log = pino(new Writable({ write }))
  const pool = createPool(url, { log, slowQueryMs: 30 })
  const patient = createPool(url, { log, slowQueryMs: 3_600_000 })
  try {
    await patient.query("SELECT pg_sleep(0.05), 'quick enough'")
    await pool.query('SELECT\n  pg_sleep(0.05), $1::text', ['secret'])
    const client = await pool.connect()
    await client.query({ name: 'by-name', text: 'SELECT pg_sleep(0.05)' })
    client.release()
    await vi.waitFor(() => expect(lines).toHaveLength(2), { timeout: 30_000 })
  } finally {
    await Promise.all([pool.end(), patient.end()])
  }
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { query: 'SELECT pg_sleep(0.05), $1::text', msg: 'slow query' },
    { query: 'by-name' },
  ])
  expect(lines.join()).not.toContain('secret')
})
