import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../playground/testing/services.ts'
import { migrate } from '../shared/db/migrate.ts'
import { createPool, type Pool } from '../shared/db/pool.ts'
import { aggregateDay } from '../shared/metrics/aggregate-day.ts'
import { addDays } from '../shared/metrics/days.ts'
import { METRICS } from '../shared/metrics/metrics.ts'
import { readMetric } from '../shared/metrics/read-metric.ts'
import { fillYear, YEAR } from './year-of-events.ts'

const pools: Pool[] = []
afterAll(() => Promise.all(pools.map((pool) => pool.end())))

test('a made-up year is the same for a seed, and has something for every metric to count', async () => {
  const filled = async (seed: number) => {
    const { url } = await testDatabase()
    await migrate(url)
    await fillYear(url, { events: 10_000, seed }, () => undefined)
    const db = createPool(url)
    pools.push(db)
    const { rows } = await db.query(
      "SELECT count(*)::int AS n, md5(string_agg(e::text, ',' ORDER BY event_id)) AS hash FROM events AS e",
    )
    return { db, year: rows[0] }
  }
  const [first, again, other] = [await filled(7), await filled(7), await filled(8)]
  expect(first.year.n).toBe(10_000)
  expect(again.year).toEqual(first.year)
  expect(other.year.hash).not.toBe(first.year.hash)

  const { from, to, timeZone } = YEAR
  for (const later of [-9, -8, -1, 0]) await aggregateDay(first.db, addDays(to, later), { timeZone })
  const all = { from, to, today: addDays(to, 1), bot: null, source: null, platform: null, limit: 10 }
  // In so small a year an error of the bot itself is a matter of luck.
  for (const { id } of METRICS.filter((metric) => metric.id !== 'errors'))
    expect((await readMetric(first.db, id, all)).length, id).toBeGreaterThan(0)
})
