import { expect, test } from 'vitest'
import { addDays, dayIn, daysBetween, daysFrom, weekOf } from './days.ts'
import { METRICS } from './metrics.ts'
import { checkQuery, type Db, MetricError, metricOf, readMetric } from './read-metric.ts'
import { byRegion, likelyRegion } from './regions.ts'
import { survey } from './survey-metric.ts'
import { wilson } from './wilson.ts'

const query = {
  ...{ from: '2026-11-01', to: '2026-11-07', today: '2026-11-08' },
  ...{ bot: null, source: null, platform: null, limit: 10 },
}
const answering = (rows: object[]) => ({ query: async () => ({ rows }) }) as unknown as Db
const problemOf = async (asked: Promise<unknown>) => {
  const error = await asked.catch((caught: unknown) => caught)
  return error instanceof MetricError ? error.problem : error
}

test('what cannot be answered is said before anybody is asked', async () => {
  const nobody = answering([])
  expect(await problemOf(readMetric(nobody, 'nonsense', query))).toBe('unknown_metric')
  expect(await problemOf(readMetric(nobody, 'retention', { ...query, platform: 'youtube' }))).toBe('filter')
  expect(await problemOf(readMetric(nobody, 'retention', { ...query, from: '2026-11-09' }))).toBe('range')
  expect(() => checkQuery(metricOf('cache'), { ...query, platform: 'youtube' })).not.toThrow()
})

test('rows that are not what the metric promises are an error, and no number', async () => {
  const row = { day: '2026-11-01', dau: 1, wau: 2, mau: 3, stickiness: 1 / 3 }
  expect(await readMetric(answering([row]), 'active-people', query)).toEqual([row])
  await expect(readMetric(answering([{ ...row, dau: '1' }]), 'active-people', query)).rejects.toThrow()
})

test('every metric is said in both languages, and its columns are those of its rows', () => {
  expect(new Set(METRICS.map(({ id }) => id)).size).toBe(METRICS.length)
  for (const { id, title, definition, decision, columns, row } of METRICS) {
    expect(Object.keys(columns), id).toEqual(Object.keys(row.shape))
    for (const { en, ru } of [title, definition, decision]) {
      expect(en, id).not.toBe('')
      expect(ru, id).toMatch(/[а-я]/i)
    }
    for (const column of Object.values(columns)) expect(column.title.ru, id).not.toBe('')
  }
})

test.each([
  [0, 10, 0, 0.2775],
  [10, 10, 0.7225, 1],
  [40, 100, 0.3094, 0.498],
])('%i of %i: Wilson says from %d to %d', (successes, n, low, high) => {
  const interval = wilson(successes, n)
  expect(interval[0]).toBeCloseTo(low, 4)
  expect(interval[1]).toBeCloseTo(high, 4)
})

test('a score is shown from 30 counted answers on', () => {
  const rows = (very: number) => [
    { question: 'pmf', answer: 'very', answers: very, counted: very },
    { question: 'pmf', answer: 'not', answers: 20, counted: 15 },
    { question: 'pmf', answer: 'not_applicable', answers: 9, counted: 0 },
  ]
  const shares = (very: number) => survey.finish?.(rows(very), query).map(({ n, share }) => [n, share])
  expect(shares(14)).toEqual([
    [29, null],
    [29, null],
    [29, null],
  ])
  expect(shares(15)).toEqual([
    [30, 0.5],
    [30, 0.5],
    [30, null],
  ])
})

test('a region is named by the tag, or likely by the language, or unknown', () => {
  expect(likelyRegion('pt-BR')).toMatchObject({ region: 'BR', isNamed: true })
  expect(likelyRegion('ru')).toMatchObject({ region: 'RU', isNamed: false })
  expect(likelyRegion('uk').timeZones).toContain('Europe/')
  for (const tag of ['unknown', 'xx', '', 'not a tag']) expect(likelyRegion(tag).region).toBe('unknown')
  const row = { people: 1, activeDays: 2, downloads: 3 }
  expect(
    byRegion([
      { ...row, language: 'en' },
      { ...row, language: 'en-US' },
    ]),
  ).toEqual([expect.objectContaining({ region: 'US', people: 2, activeDays: 4, downloads: 6, named: 0.5 })])
})

test('days are those of the time zone, and go over months, years and summer time', () => {
  expect(dayIn('Europe/Moscow', Date.parse('2026-11-20T21:00:00Z'))).toBe('2026-11-21')
  expect(dayIn('America/New_York', Date.parse('2026-11-01T03:59:59Z'))).toBe('2026-10-31')
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
  expect(addDays('2028-03-01', -1)).toBe('2028-02-29')
  expect(daysBetween('2026-10-20', '2026-11-03')).toBe(14)
  expect(daysFrom('2026-11-02', '2026-11-01')).toEqual([])
  expect([weekOf('2026-11-01'), weekOf('2026-11-02')]).toEqual(['2026-10-26', '2026-11-02'])
})
