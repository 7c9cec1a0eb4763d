import { beforeEach, expect, test } from 'vitest'
import { aggregateDay } from '../../src/shared/metrics/aggregate-day.ts'
import { Postpone } from '../postpone.ts'
import { download, failure, link, reportUnderTest, start, TIME_ZONE } from './testing/report-under-test.ts'

const stage = await reportUnderTest()
const { run, clock, happened, said, db, state, make } = stage

/** Two weeks in which everybody of the first one has come back by the second. */
for (const [n, day] of ['2026-11-02', '2026-11-03', '2026-11-09', '2026-11-10', '2026-11-15'].entries()) {
  const people = Array.from({ length: 4 + n }, (_, person) => 100 * n + person)
  await happened(
    ...people.map((id) => start(id, `${day}T10:00:00Z`)),
    ...people.map((id) => link(id, `${day}T10:01:00Z`)),
  )
  await happened(
    ...people.slice(1).map((id) => download(id, `${day}T10:02:00Z`)),
    failure(people[0] ?? 0, `${day}T10:02:00Z`, 'gone'),
  )
}
await aggregateDay(db, '2026-11-02', { timeZone: TIME_ZONE })

let heard = 0
/** What the channel has heard since the last look. */
const news = () => said().slice(heard)
beforeEach(async () => {
  await db.query('DELETE FROM digests_sent')
  await stage.openGate()
  heard = said().length
})

test('the day that is over is told once, at midnight of REPORT_TZ, out of the numbers of the dashboard', async () => {
  // Still the 15th in Moscow.
  clock('2026-11-15T20:59:00Z')
  expect(await run({ kind: 'digest', day: '2026-11-15' })).toBe('nothing to tell')
  clock('2026-11-15T21:00:00Z')
  expect(await run({ kind: 'digest', day: '2026-11-15' })).toBe('sent')
  expect(await run({ kind: 'digest', day: null })).toBe('sent before')
  expect(news()).toHaveLength(1)
  expect(news()[0]).toMatch(/^📊 The day 15 Nov\n/)
  for (const line of ['New: 8', 'DAU (average): 8', 'Files: 7', 'From the cache: 0%', 'Errors: 1 (12.5%'])
    expect(news()[0]).toContain(line.replace('12.5%', '13%'))
})

test('ten processes at once, and the restarts of each: one message', async () => {
  clock('2026-11-15T21:00:30Z')
  const tell = async (): Promise<string> => {
    const handler = make()
    for (;;) {
      try {
        return await run({ kind: 'digest', day: '2026-11-15' }, {}, handler)
      } catch (error) {
        if (!(error instanceof Postpone)) throw error
        await new Promise((wake) => setTimeout(wake, 20))
      }
    }
  }
  const ends = await Promise.all(Array.from({ length: 10 }, tell))
  expect(ends.sort()).toEqual(['sent', ...Array(9).fill('sent before')])
  expect(news()).toHaveLength(1)
})

test('whoever died over it leaves it to the next one, when the lease is over', async () => {
  clock('2026-11-15T21:00:30Z')
  const key = ['digest', '2026-11-15', stage.channel.id]
  await db.query("INSERT INTO digests_sent VALUES ($1, $2, $3, now() + interval '1 minute')", key)
  await expect(run({ kind: 'digest', day: '2026-11-15' })).rejects.toThrow(Postpone)
  await db.query("UPDATE digests_sent SET leased_until = now() - interval '1 second'")
  expect(await run({ kind: 'digest', day: '2026-11-15' })).toBe('sent')
})

test('a Telegram that refuses for the moment gets it with the next attempt', async () => {
  clock('2026-11-15T21:00:30Z')
  const rule = stage.world.faults.add(
    { method: 'sendMessage', chatId: stage.channel.id },
    { kind: 'error_before', code: 400, description: 'Bad Request: something' },
  )
  await expect(run({ kind: 'digest', day: '2026-11-15' })).rejects.toThrow(/telegram_rejected/)
  expect(rule.hits()).toBe(1)
  expect(await run({ kind: 'digest', day: '2026-11-15' })).toBe('sent')
  expect(news()).toHaveLength(1)
})

test('waits for events of the day that are still in their queue, but not for ever', async () => {
  clock('2026-11-15T21:01:00Z')
  const queue = state.queues.queue('analytics')
  await queue.add('analytics', {}, { jobId: 'late', timestamp: Date.parse('2026-11-15T20:59:00Z') })
  await expect(run({ kind: 'digest', day: '2026-11-15' })).rejects.toThrow(Postpone)
  // What came after midnight is no reason to wait.
  await queue.add('analytics', {}, { jobId: 'later', timestamp: Date.parse('2026-11-15T21:05:00Z') })
  clock('2026-11-15T21:20:00Z')
  expect(await run({ kind: 'digest', day: '2026-11-15' })).toBe('sent')
  await queue.obliterate({ force: true })
})

test('numbers that were not made yet are made first', async () => {
  await happened(start(9001, '2026-11-16T08:00:00Z'))
  clock('2026-11-16T21:00:00Z')
  expect(await run({ kind: 'digest', day: '2026-11-16' })).toBe('sent')
  expect(news()[0]).toContain('New: 1\n')
  await db.query('DELETE FROM events WHERE user_id = 9001; DELETE FROM users WHERE user_id = 9001')
})

test('a product that is new has no yesterday; a quiet day of an old one is told', async () => {
  clock('2026-11-02T01:00:00Z')
  expect(await run({ kind: 'digest', day: '2026-11-01' })).toBe('nothing to tell')
  clock('2026-11-05T01:00:00Z')
  expect(await run({ kind: 'digest', day: '2026-11-04' })).toBe('sent')
  expect(news()[0]).toContain('New: 0\n')
})

test('the week, next to the one before, with a picture; once', async () => {
  clock('2026-11-16T00:10:00Z')
  expect(await run({ kind: 'weekly', day: '2026-11-15' })).toBe('sent')
  expect(await run({ kind: 'weekly', day: null })).toBe('sent before')
  const [message] = stage.world.messages(stage.channel).slice(heard)
  expect(message?.photo?.at(-1)).toMatchObject({ width: 960, height: 600 })
  expect(message?.caption).toMatch(/^📊 The week 9 Nov – 15 Nov, next to the one before\n/)
  expect(message?.caption).toContain('New: 9 → 21\n')
  expect(message?.caption).toContain('Files: 7 → 18\n')
  // What Telegram takes at most, with room for longer numbers.
  expect(message?.caption?.length).toBeLessThan(900)
})
