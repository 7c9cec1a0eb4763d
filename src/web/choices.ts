import { z } from 'zod'
import type { Pool } from '../shared/db/pool.ts'
import type { Logger } from '../shared/logger.ts'
import { within } from './deadline.ts'
import type { Choices } from './pages/analytics/filter-bar.ts'
import { PARAMETERS } from './stats/parameters.ts'

/** The page does not wait longer for what its filters offer: it can be typed into the address as well. */
const DEADLINE_MS = 400
const RENEW_AFTER_MS = 60_000
const SOURCES = ['organic', 'referral', 'campaign']

/**
 * From name to next name along the index, however many rows each has; and bots that write into shared.analytics_events,
 * of whose people nobody tells us.
 */
const BOTS = `
  WITH RECURSIVE names AS (
    (SELECT bot FROM users ORDER BY bot LIMIT 1)
    UNION ALL
    SELECT (SELECT bot FROM users WHERE bot > names.bot ORDER BY bot LIMIT 1) FROM names WHERE names.bot IS NOT NULL
  )
  SELECT bot AS name FROM names WHERE bot IS NOT NULL
  UNION SELECT bot FROM daily_stats WHERE day > current_date - 100 AND bot <> '*'
  ORDER BY name LIMIT 50`
/** Of the last months: sites that nobody uses any more are not offered. */
const PLATFORMS = `
  SELECT platform AS name FROM daily_downloads WHERE day > current_date - 100
  GROUP BY platform ORDER BY sum(downloads) DESC LIMIT 100`
const Names = z.array(z.object({ name: z.string() }))

/** What the filters of analytics offer. Never fails, and never waits long: then `isKnown` is false. */
export function createChoices(db: Pool, log: Logger): () => Promise<Choices> {
  let kept: { choices: Choices; untilMs: number } | undefined
  /** What could not be asked for is not offered. */
  const names = async (query: string, parameter: 'bot' | 'platform') =>
    Names.parse((await db.query(query)).rows)
      .map(({ name }) => name)
      .filter((name) => PARAMETERS[parameter].safeParse(name).success)
  return async () => {
    if (kept && kept.untilMs > Date.now()) return kept.choices
    try {
      const [bot, platform] = await within(
        DEADLINE_MS,
        Promise.all([names(BOTS, 'bot'), names(PLATFORMS, 'platform')]),
      )
      const choices = { bot, platform, source: SOURCES, isKnown: true }
      // Whoever has just sent the first link looks again and again.
      if (bot.length > 0) kept = { choices, untilMs: Date.now() + RENEW_AFTER_MS }
      return choices
    } catch (error) {
      log.warn({ err: error }, 'nobody knows what the filters may offer')
      return kept?.choices ?? { bot: [], platform: [], source: SOURCES, isKnown: false }
    }
  }
}
