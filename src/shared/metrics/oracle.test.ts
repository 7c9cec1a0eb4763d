import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ACTIONS, AnalyticsEvent } from '../../../queues/event.ts'
import { eventRow } from '../../../workers/analytics/event-row.ts'
import { writeEvents } from '../../../workers/analytics/write-events.ts'
import { testDatabase } from '../../playground/testing/services.ts'
import { migrate } from '../db/migrate.ts'
import { createPool, type Pool } from '../db/pool.ts'
import { aggregateDay } from './aggregate-day.ts'
import { ACTION_NAMES } from './day-events.ts'
import { addDays, daysFrom } from './days.ts'
import { daysToMake } from './days-to-make.ts'
import type { MetricQuery } from './metric.ts'
import { METRICS } from './metrics.ts'
import { readMetric } from './read-metric.ts'
import { history } from './testing/histories.ts'
import { NAIVE } from './testing/naive.ts'
import { createPast, type Past } from './testing/past.ts'

const HISTORIES = [
  // Midnight is 21:00 UTC of the day before, in all seasons.
  {
    seed: 1,
    timeZone: 'Europe/Moscow',
    midnight: (day: string) => `${day}T00:00:00+03:00`,
    from: '2026-09-05',
  },
  // The clock goes back on 1 November: that day has 25 hours.
  {
    ...{ seed: 2, timeZone: 'America/New_York', from: '2026-09-05' },
    midnight: (day: string) => `${day}T00:00:00${day <= '2026-11-01' ? '-04:00' : '-05:00'}`,
  },
] as const
const DAYS = 70

test('what counts as an action here is what counts as one there', () => {
  expect(ACTION_NAMES).toEqual([...ACTIONS])
})
test('every metric is computed twice', () => {
  expect(METRICS.map(({ id }) => id).sort()).toEqual(Object.keys(NAIVE).sort())
})

describe.each(HISTORIES)('a history in $timeZone', ({ seed, timeZone, midnight, from }) => {
  let db: Pool
  let past: Past
  const days = daysFrom(from, addDays(from, DAYS - 1))
  const nowMs = Date.parse(midnight(addDays(from, DAYS - 1))) + 13 * 3600_000

  beforeAll(async () => {
    const { url } = await testDatabase()
    await migrate(url)
    db = createPool(url)
    const events = history({
      ...{ seed, people: 60, days: DAYS, botIds: [1, 2] },
      startMs: Date.parse(midnight(from)),
      midnightsMs: days.map((day) => Date.parse(midnight(day))),
    })
      .filter(({ atMs }) => atMs <= nowMs)
      .map((event) => AnalyticsEvent.parse(event))
    for (let at = 0; at < events.length; at += 500)
      await writeEvents(
        db,
        timeZone,
        events.slice(at, at + 500).map((event) => eventRow(event, `bot${event.botId}`)),
        [],
      )
    await db.query(
      `INSERT INTO ad_campaigns (name, message, button_text, button_url) VALUES ('First', '', '', '')`,
    )
    past = createPast(events, timeZone, nowMs)
    for (const day of await daysToMake(db, timeZone, nowMs)) await aggregateDay(db, day, { timeZone })
  })
  afterAll(() => db?.end())

  const queries = (): MetricQuery[] => {
    const { today } = past
    const whole = {
      from: addDays(from, -3),
      to: addDays(today, 2),
      today,
      bot: null,
      source: null,
      platform: null,
      limit: 1000,
    }
    return [
      whole,
      { ...whole, bot: 'bot1' },
      { ...whole, source: 'referral' },
      { ...whole, bot: 'bot2', source: 'campaign' },
      { ...whole, platform: 'tiktok' },
      { ...whole, platform: 'unknown', bot: 'bot1' },
      { ...whole, from: addDays(from, 20), to: addDays(from, 48) },
      { ...whole, from: addDays(today, -3), to: today },
      { ...whole, bot: 'bot3' },
    ]
  }

  test.each(METRICS)('$id', async (metric) => {
    for (const query of queries()) {
      if (metric.filters.every((filter) => filter !== 'platform') && query.platform !== null) continue
      if (!metric.filters.includes('source') && query.source !== null) continue
      const found = await readMetric(db, metric.id, query)
      const naive = NAIVE[metric.id]?.(past, query) ?? []
      if (metric.id === 'stage-seconds') expectNearly(found, naive)
      else expect(comparable(found, naive), JSON.stringify(query)).toEqual(comparable(naive, naive))
    }
  })
})

/** Rows in an order of their own, numbers to nine digits, and only what both know. */
function comparable(rows: Record<string, unknown>[], like: Record<string, unknown>[]): string[] {
  const columns = Object.keys(like[0] ?? rows[0] ?? {}).sort()
  return rows
    .map((row) => JSON.stringify(Object.fromEntries(columns.map((name) => [name, rounded(row[name])]))))
    .sort()
}
// A tie would be rounded by the last bit, which is nobody's.
const rounded = (value: unknown) =>
  typeof value === 'number' ? Number((value * (1 + 1e-12)).toPrecision(9)) : value

function expectNearly(found: Record<string, unknown>[], naive: Record<string, unknown>[]): void {
  const exact = (rows: Record<string, unknown>[]) =>
    comparable(
      rows.map(({ stage, runs, mean }) => ({ stage, runs, mean })),
      [],
    )
  expect(exact(found)).toEqual(exact(naive))
  for (const { stage, p50, p95 } of naive) {
    const row = found.find((one) => one.stage === stage)
    for (const [read, real] of [
      [row?.p50, p50],
      [row?.p95, p95],
    ]) {
      // Under a hundredth of a second the buckets are as wide as the milliseconds.
      expect(Math.abs(Number(read) - Number(real))).toBeLessThanOrEqual(Math.max(0.1 * Number(real), 0.001))
    }
  }
}
