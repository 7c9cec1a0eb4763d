import { expect, test } from 'vitest'
import { testDatabase } from '../playground/testing/services.ts'
import { migrate } from '../shared/db/migrate.ts'
import { createPool } from '../shared/db/pool.ts'
import { createLogger } from '../shared/logger.ts'
import { createChoices } from './choices.ts'
import { readParameters } from './stats/parameters.ts'

test('the filters offer every bot once, those of others too, and nothing that would be refused', async () => {
  const { url } = await testDatabase()
  await migrate(url)
  const db = createPool(url)
  try {
    await db.query(`INSERT INTO users (bot, user_id, first_seen_at, last_seen_at) VALUES
      ('b', 1, now(), now()), ('a', 1, now(), now()), ('a', 2, now(), now())`)
    await db.query(`INSERT INTO daily_stats (day, bot, source)
      SELECT current_date, bot, '*' FROM unnest(ARRAY['*', '', 'a', 'their-bot', 'Бот 2', 'a\nb']) AS bot`)
    await db.query(`INSERT INTO daily_downloads (day, bot, source, platform, asked_by, downloads, cached, size_bytes, work_ms)
      SELECT current_date, 'a', '', platform, 'message', 1, 0, 1, 1 FROM unnest(ARRAY['youtube', '<b>', '']) AS platform`)
    const choices = await createChoices(db, createLogger('silent', 'web'))()
    expect(choices).toMatchObject({ platform: ['youtube'], isKnown: true })
    expect(choices.bot.toSorted()).toEqual(['a', 'b', 'their-bot', 'Бот 2'])
    // What is offered is accepted.
    for (const name of choices.bot) expect(readParameters({ bot: name }, ['bot'])).toEqual({ bot: name })
  } finally {
    await db.end()
  }
})
