import { readdirSync } from 'node:fs'
import { parse } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, test, vi } from 'vitest'
import { testDatabase } from '../../playground/testing/services.ts'
import { migrate } from './migrate.ts'
import { createPool } from './pool.ts'

const ALL = readdirSync(new URL('migrations', import.meta.url))
  .map((file) => parse(file).name)
  .sort()
const COMMAND = fileURLToPath(new URL('migrate.ts', import.meta.url))

test('many at once: one migrates, the others find it done', async () => {
  const { url } = await testDatabase()
  const applied = await Promise.all([migrate(url), migrate(url), migrate(url)])
  expect(applied.flat()).toEqual(ALL)
  const db = createPool(url)
  await expect(db.query('SELECT count(*) FROM events')).resolves.toMatchObject({ rows: [{ count: '0' }] })
  await db.end()
})

test('the command migrates the database of DATABASE_URL, says so, and never names its password', async () => {
  const { url } = await testDatabase()
  const run = () =>
    execa(process.execPath, [COMMAND], { env: { DATABASE_URL: url }, extendEnv: false, all: true })
  const [first, second] = [await run(), await run()]
  expect(first.all).toContain('0001_events')
  expect(second.all).toContain('nothing to do')
  expect(first.all + second.all).not.toContain(url)
})

test('the command needs nothing but DATABASE_URL, and says so', async () => {
  const { exitCode, all } = await execa(process.execPath, [COMMAND], {
    extendEnv: false,
    all: true,
    reject: false,
  })
  expect([exitCode, all]).toEqual([1, expect.stringContaining('DATABASE_URL is missing')])
})

test('a connection that dies while idle is replaced, and the process lives', async () => {
  const { url } = await testDatabase()
  const [db, killer] = [createPool(url, { applicationName: 'victim' }), createPool(url)]
  await db.query('SELECT 1')
  const lost = vi.fn()
  db.on('error', lost)
  await killer.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim'",
  )
  await vi.waitFor(() => expect(lost).toHaveBeenCalled(), 30_000)
  await expect(db.query('SELECT 2 AS n')).resolves.toMatchObject({ rows: [{ n: 2 }] })
  await Promise.all([db.end(), killer.end()])
})
