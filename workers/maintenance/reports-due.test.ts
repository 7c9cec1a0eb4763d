import { expect, test } from 'vitest'
import { reportsDue } from './reports-due.ts'

const at = (time: string) => Date.parse(time)
/** Digests and weekly reports that are due then. */
const due = (time: string, timeZone: string) =>
  reportsDue(at(time), timeZone).flatMap(({ data }) => ('day' in data ? [`${data.kind} ${data.day}`] : []))

test.each([
  [
    'a second before midnight in Moscow',
    '2026-11-17T20:59:59Z',
    'Europe/Moscow',
    ['2026-11-15', '2026-11-16'],
  ],
  ['midnight in Moscow', '2026-11-17T21:00:00Z', 'Europe/Moscow', ['2026-11-16', '2026-11-17']],
  [
    'midnight in Berlin, in the night that clocks go back',
    '2026-10-24T22:00:00Z',
    'Europe/Berlin',
    ['2026-10-23', '2026-10-24'],
  ],
  ['the end of the day of 25 hours', '2026-10-25T22:59:59Z', 'Europe/Berlin', ['2026-10-23', '2026-10-24']],
  ['the first moment after it', '2026-10-25T23:00:00Z', 'Europe/Berlin', ['2026-10-24', '2026-10-25']],
  ['the end of the day of 23 hours', '2026-03-29T21:59:59Z', 'Europe/Berlin', ['2026-03-27', '2026-03-28']],
  ['the first moment after it', '2026-03-29T22:00:00Z', 'Europe/Berlin', ['2026-03-28', '2026-03-29']],
  [
    'no midnight at all: clocks in Cairo went from 0 to 1',
    '2026-04-23T22:00:00Z',
    'Africa/Cairo',
    ['2026-04-22', '2026-04-23'],
  ],
  ['half an hour off', '2026-06-01T18:30:00Z', 'Asia/Kolkata', ['2026-05-31', '2026-06-01']],
])('%s', (_, time, timeZone, days) => {
  expect(due(time, timeZone).filter((one) => one.startsWith('digest'))).toEqual(
    days.map((day) => `digest ${day}`),
  )
})

test('the week is due from Monday on, for two days', () => {
  const weekly = (day: string) =>
    due(`${day}T12:00:00Z`, 'Europe/Moscow').filter((one) => one.startsWith('weekly'))
  expect(weekly('2026-11-15')).toEqual([])
  expect(weekly('2026-11-16')).toEqual(['weekly 2026-11-15'])
  expect(weekly('2026-11-17')).toEqual(['weekly 2026-11-15'])
  expect(weekly('2026-11-18')).toEqual([])
})

test('each day of two years is due, once around each clock', () => {
  for (const timeZone of ['America/New_York', 'Australia/Lord_Howe']) {
    const days = new Set<string>()
    for (let hour = 0; hour < 2 * 365 * 24; hour += 3) {
      const [, day = ''] =
        due(new Date(at('2026-01-02T00:10:00Z') + hour * 3600_000).toISOString(), timeZone)[1]?.split(' ') ??
        []
      days.add(day)
    }
    const sorted = [...days].sort()
    for (const [n, day] of sorted.entries())
      expect(day).toBe(
        new Date(Date.parse(`${sorted[0]}T00:00:00Z`) + n * 86_400_000).toISOString().slice(0, 10),
      )
    expect(sorted.length).toBeGreaterThanOrEqual(730)
  }
})

test('the same minute gives the same jobs, the next one new looks and the same digest', () => {
  const ids = (time: string) => reportsDue(at(time), 'Europe/Moscow').map(({ jobId }) => jobId)
  expect(ids('2026-11-18T10:00:59Z')).toEqual(ids('2026-11-18T10:00:00Z'))
  const [now, next] = [ids('2026-11-18T10:00:00Z'), ids('2026-11-18T10:01:00Z')]
  expect(next.slice(0, 2)).toEqual(now.slice(0, 2))
  expect(next.slice(2).filter((id) => now.includes(id))).toEqual([])
})
