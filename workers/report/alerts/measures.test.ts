import { beforeEach, describe, expect, test } from 'vitest'
import { aggregateDay } from '../../../src/shared/metrics/aggregate-day.ts'
import { addDays, dayIn } from '../../../src/shared/metrics/days.ts'
import { StorageError } from '../../../src/shared/storage/storage-error.ts'
import { createNumbers } from '../numbers.ts'
import { download, failure, link, reportUnderTest, start, TIME_ZONE } from '../testing/report-under-test.ts'
import { createEventMeasures } from './event-measures.ts'
import { createNumberMeasures } from './number-measures.ts'
import { createSystemMeasures } from './system-measures.ts'

const { db, state, storage, happened, redis, run, said, clock } = await reportUnderTest()
await storage.ensureBucket()
const events = createEventMeasures(db)
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
const some = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n))

describe('events', () => {
  beforeEach(async () => {
    await db.query('TRUNCATE events, downloads, users, daily_active')
  })

  test('failures that somebody could mend, of the requests of the last minutes', async () => {
    await happened(...some(14, () => download(1, ago(1))), ...some(3, () => failure(1, ago(2), 'internal')))
    await happened(
      ...some(3, () => failure(1, ago(3), 'gone')),
      ...some(50, () => failure(1, ago(20), 'internal')),
    )
    expect(await events.errorRate()).toEqual({ value: 3 / 20, detail: '3/20' })
  })

  test('a few requests say nothing', async () => {
    await happened(...some(19, () => failure(1, ago(1), 'internal')))
    expect(await events.errorRate()).toEqual({ value: 0, detail: '19/19' })
  })

  test('the site that is not understood', async () => {
    expect(await events.extractorBroken()).toEqual({ value: 0, detail: null })
    await happened(...some(4, () => failure(1, ago(10), 'extractor_broken')), failure(1, ago(10), 'internal'))
    await happened(...some(9, () => failure(1, ago(40), 'extractor_broken')))
    expect(await events.extractorBroken()).toEqual({ value: 4, detail: 'youtube' })
  })

  test('fetches without room', async () => {
    await happened(failure(1, ago(1), 'disk_full'), failure(1, ago(16), 'disk_full'))
    expect(await events.diskFull()).toBe(1)
  })

  test('silence, after a day that was busy', async () => {
    expect((await events.silence())?.value).toBe(0)
    await happened(...some(49, (n) => link(n, ago(8 * 60 + n))))
    expect((await events.silence())?.value).toBe(0)
    await happened(link(1, ago(8 * 60 + 60)))
    expect((await events.silence())?.value).toBeCloseTo(8, 1)
    await happened(link(1, ago(0)))
    expect((await events.silence())?.value).toBeCloseTo(0, 1)
  })
})

describe('the parts of the product', () => {
  const measures = (more: Partial<Parameters<typeof createSystemMeasures>[0]> = {}) =>
    createSystemMeasures({ ...state, storage, freeBytes: async () => 10e9, reserveBytes: 1e9, ...more })

  test('the age of the first in line, of the stage where it is highest; a canary is not in line', async () => {
    expect(await measures().queueAge()).toEqual({ value: 0, detail: null })
    const add = (stage: 'fetch' | 'send', seconds: number, priority: number) =>
      state.queues.queue(stage).add(stage, {}, { timestamp: Date.now() - seconds * 1000, priority })
    await add('fetch', 300, 5)
    await add('fetch', 10, 9)
    await add('send', 100, 0)
    await state.queues.queue('notify').add('canary', {}, { timestamp: Date.now() - 900_000 })
    const look = await measures().queueAge()
    expect([Math.round((look?.value ?? 0) / 10), look?.detail]).toEqual([30, 'fetch'])
  })

  test('dead letters that are open', async () => {
    await redis.zadd(state.keys.openDeadLetters, 1, 'a', 2, 'b')
    expect(await measures().deadLetters()).toEqual({ value: 2, detail: null })
  })

  test.each([
    ['plenty', 10e9, 0, 0.2],
    ['twice the reserve', 2e9, 0, 1],
    ['less', 1e9, 0, 2],
    ['plenty here, a fetch elsewhere found none', 10e9, 1, 1],
  ])('room on the disk: %s', async (_, freeBytes, failures, value) => {
    expect((await measures({ freeBytes: async () => freeBytes }).diskLow(failures))?.value).toBeCloseTo(value)
  })

  test('storage that answers, refuses, or is away', async () => {
    expect(await measures().storageAway()).toEqual({ value: 0, detail: null })
    const away = { head: () => Promise.reject(new StorageError('unavailable', 'head')) }
    expect(await measures({ storage: away }).storageAway()).toEqual({
      value: 1,
      detail: 'storage head: unavailable',
    })
  })
})

describe('the numbers of days', () => {
  const nowMs = Math.floor(Date.now() / 600_000) * 600_000
  const today = dayIn(TIME_ZONE, nowMs)
  const measures = (at = nowMs) =>
    createNumberMeasures({ numbers: createNumbers(db), timeZone: TIME_ZONE }, at)

  test('are looked at now and then', async () => {
    expect(await measures(nowMs + 60_000).churn()).toBeNull()
    expect(await measures(nowMs + 60_000).conversion()).toBeNull()
    expect(await measures().churn()).toEqual({ value: 0, detail: null })
  })

  test('who did not come back, of enough people', async () => {
    const yesterday = addDays(today, -1)
    await db.query("INSERT INTO aggregated_days VALUES ($1, 'UTC', true, 1, now())", [yesterday])
    await db.query(
      "INSERT INTO daily_stats (day, bot, source, active_before, lost) VALUES ($1, '*', '*', 29, 28)",
      [yesterday],
    )
    expect((await measures().churn())?.value).toBe(0)
    await db.query('UPDATE daily_stats SET active_before = 40, lost = 34')
    expect((await measures().churn())?.value).toBeCloseTo(0.85)
  })

  test('a share of first files that falls from one week to the next', async () => {
    await db.query('TRUNCATE events, downloads, users, daily_active, aggregated_days, daily_stats')
    const [before, now] = [addDays(today, -16), addDays(today, -9)]
    const week = (day: string, first: number, files: number) =>
      happened(
        ...some(40, (n) => start(first + n, `${day}T10:00:00Z`)),
        ...some(files, (n) => link(first + n, `${day}T10:01:00Z`)),
        ...some(files, (n) => download(first + n, `${day}T10:02:00Z`)),
      )
    await week(before, 100, 30)
    await week(now, 200, 15)
    for (let back = 17; back >= 1; back--)
      await aggregateDay(db, addDays(today, -back), { timeZone: TIME_ZONE })
    expect((await measures().conversion())?.value).toBeCloseTo(0.5)
  })
})

test('the whole: what is wrong is told in the channel, and only that', async () => {
  // Not a moment at which the numbers of days are looked at, too.
  clock(new Date(Math.floor(Date.now() / 600_000) * 600_000 + 60_000).toISOString())
  const first = said().length
  await run({ kind: 'alerts' })
  await happened(...some(5, () => failure(1, ago(1), 'extractor_broken')))
  await run({ kind: 'alerts' })
  expect(said().slice(first)).toEqual([
    '🔴 The extractor does not understand a site, in the last 30 minutes: 5 (youtube)',
  ])
})
