import { expect, test } from 'vitest'
import { testDatabase } from '../../playground/testing/services.ts'
import { createLogger } from '../logger.ts'
import { createMigration } from './keep-migrated.ts'
import { migrate } from './migrate.ts'
import { createPool } from './pool.ts'

const log = createLogger('silent', 'test')

test('processes that start before anybody has migrated do it themselves, and find the tables', async () => {
  const { url } = await testDatabase()
  const pools = [1, 2, 3].map(() => createPool(url))
  try {
    await Promise.all(
      pools.map(async (db) => {
        await createMigration(url, db, log)()
        await expect(db.query('SELECT count(*)::int AS n FROM events')).resolves.toMatchObject({
          rows: [{ n: 0 }],
        })
      }),
    )
  } finally {
    await Promise.all(pools.map((pool) => pool.end()))
  }
})

test('a database that is away at the start is asked again by who needs the tables', async () => {
  const { url } = await testDatabase()
  const name = new URL(url).pathname.slice(1)
  const elsewhere = createPool(Object.assign(new URL(url), { pathname: '/postgres' }).href)
  const db = createPool(url)
  const migrated = createMigration(url, db, log)
  try {
    await elsewhere.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`)
    await expect(migrated()).rejects.toThrow()
    await elsewhere.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`)
    await migrated()
    await expect(db.query('SELECT count(*) FROM events')).resolves.toBeTruthy()
  } finally {
    await Promise.all([db.end(), elsewhere.end()])
  }
})

test('an older version goes on beside a newer one, whose migrations it does not know', async () => {
  const { url } = await testDatabase()
  await migrate(url)
  const db = createPool(url)
  try {
    await db.query("INSERT INTO migrations (name, run_on) VALUES ('9999_of_tomorrow', now())")
    await createMigration(url, db, log)()
  } finally {
    await db.end()
  }
})
