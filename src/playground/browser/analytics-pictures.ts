import type { Page } from 'playwright-core'
import { createState } from '../../../queues/state.ts'
import { readConfig } from '../../shared/config.ts'
import { createPool } from '../../shared/db/pool.ts'
import { aggregateDay } from '../../shared/metrics/aggregate-day.ts'
import { daysToMake } from '../../shared/metrics/days-to-make.ts'
import { createRedis } from '../../shared/redis.ts'
import type { Stack } from '../stack.ts'
import { busyMonths } from './busy-months.ts'

const DAYS = 75
const AD = `INSERT INTO ad_campaigns (name, message, button_text, button_url, weight)
  VALUES ('Friends', 'Bring a friend, get five files', 'Bring', 'https://example.org/friends', 3),
    ('Night', 'Try our other bot', 'Look', 'https://example.org/night', 1)`
const TEST = `
  WITH test AS (
    INSERT INTO ab_tests (name, description, subject, goal, planned_size, is_active, start_date)
    VALUES ('ten-or-fifteen', 'Do more free files bring people back?', 'free_downloads', 'download_completed', 2000,
      true, now() - interval '12 days') RETURNING id
  ), variants AS (
    INSERT INTO ab_test_variants (test_id, variant_name, variant_config, traffic_percentage)
    SELECT id, name, config::jsonb, 50 FROM test,
      (VALUES (1, 'ten', '{"free":10}'), (2, 'fifteen', '{"free":15}')) AS v(place, name, config) ORDER BY place
    RETURNING id, test_id, variant_name
  )
  INSERT INTO ab_test_assignments (bot, user_id, test_id, variant_id, assigned_at)
  SELECT u.bot, u.user_id, v.test_id, v.id, now() - interval '11 days' FROM variants v JOIN users u
    ON (v.variant_name = 'ten') = (u.user_id % 2 = 0) WHERE u.user_id % 3 > 0`

/** Months of people, as the bot would tell of them: through the queue, the analytics stage, and into each day's numbers. */
export async function liveThroughMonths({ services, world }: Stack): Promise<void> {
  const { REPORT_TZ } = readConfig(['reporting'], {})
  const { REDIS_PREFIX } = readConfig(['common'], services)
  const redis = createRedis(services.REDIS_URL, { role: 'worker' })
  const db = createPool(services.DATABASE_URL)
  const state = createState(redis, REDIS_PREFIX)
  const botId = Number.parseInt(world?.firstBot().token ?? '', 10)
  const nowMs = Date.now()
  const events = busyMonths(botId, DAYS, nowMs)
  await Promise.all(events.map((event) => state.events.publish(event)))
  const written = async () => Number((await db.query('SELECT count(*) AS n FROM events')).rows[0].n)
  while ((await written()) < events.length) await new Promise((resolve) => setTimeout(resolve, 500))
  await db.query(AD)
  await db.query(TEST)
  for (const day of await daysToMake(db, REPORT_TZ, nowMs))
    await aggregateDay(db, day, { timeZone: REPORT_TZ })
  await state.queues.close()
  redis.disconnect()
  await db.end()
}

/** One page of analytics, when all of it is there. */
export async function openAnalytics(page: Page, webUrl: string, path: string): Promise<void> {
  await page.goto(webUrl + path)
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'))
}
