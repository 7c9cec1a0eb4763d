import { afterAll, expect, test } from 'vitest'
import { testDatabase, testRedis } from '../playground/testing/services.ts'
import { migrate } from '../shared/db/migrate.ts'
import { createPool } from '../shared/db/pool.ts'
import { startWeb } from './testing/web-under-test.ts'

const [{ redis, prefix }, { url }] = await Promise.all([testRedis(), testDatabase()])
await migrate(url)
const db = createPool(url)
const web = await startWeb({ redis, prefix, databaseUrl: url })
afterAll(() => Promise.all([web.close(), db.end()]))

const page = async () => {
  const response = await web.get('/analytics/survey', { ...(await web.logIn()), 'Accept-Language': 'en' })
  return await response.text()
}

test('what people wrote is there, newest first, as text, and not who they are', async () => {
  expect(await page()).toContain('Nobody has written anything yet.')
  await db.query(
    `INSERT INTO survey_answers (bot, user_id, asked_at, pmf, words) VALUES
     ('b', 987654321, '2026-11-01T12:00Z', 'very', 'More <b>songs</b>'),
     ('b', 987654322, '2026-11-02T22:00Z', 'not', 'Too slow'),
     ('b', 987654323, '2026-11-03T12:00Z', 'not', NULL)`,
  )
  const shown = await page()
  expect(shown.indexOf('Too slow')).toBeGreaterThan(0)
  expect(shown.indexOf('More &lt;b&gt;songs&lt;/b&gt;')).toBeGreaterThan(shown.indexOf('Too slow'))
  // Of REPORT_TZ: in Moscow it is the next day by then.
  expect(shown).toContain('2026-11-03 · would not be disappointed')
  expect(shown).not.toContain('98765432')
})
