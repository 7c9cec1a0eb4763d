import { expect, test } from 'vitest'
import { testDatabase } from '../playground/testing/services.ts'
import { migrate } from '../shared/db/migrate.ts'
import { createPool } from '../shared/db/pool.ts'
import { createLogger } from '../shared/logger.ts'
import { createChoices } from './choices.ts'

test('the filters offer every bot once, those of others too', async () => {
  const { url } = await testDatabase()
  await migrate(url)
  const db = createPool(url)
  try {
    await db.query(`INSERT INTO users (bot, user_id, first_seen_at, last_seen_at) VALUES
      ('b', 1, now(), now()), ('a', 1, now(), now()), ('a', 2, now(), now())`)
    await db.query(`INSERT INTO daily_stats (day, bot, source)
      SELECT current_date, bot, '*' FROM unnest(ARRAY['*', 'a', 'theirs']) AS bot`)
    const choices = await createChoices(db, createLogger('silent', 'web'))()
    expect(choices).toMatchObject({ bot: ['a', 'b', 'theirs'], isKnown: true })
  } finally {
    await db.end()
  }
})
