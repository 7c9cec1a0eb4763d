import { fileURLToPath } from 'node:url'
import { execaNode } from 'execa'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { atMostTimes, median, percentile } from './figure.ts'
import { readOptions } from './options.ts'
import { asJson, asTable } from './report.ts'
import { drawTrace } from './trace/draw.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const first = { id: 'first', what: 'a first delivery', value: 400, unit: 'ms', floor: 1000 } as const

test('percentiles lie between the closest ranks', () => {
  expect(median([5, 1, 3])).toBe(3)
  expect(median([4, 1])).toBe(2.5)
  expect(percentile([1, 2, 3, 4, 5], 95)).toBeCloseTo(4.8)
  expect(percentile([], 50)).toBeNaN()
})

test('a figure holds up to the ratio that it may reach', () => {
  expect(atMostTimes(0.4, first)).toMatchObject({ ratio: 0.4, holds: true })
  expect(atMostTimes(0.39, first)).toMatchObject({ ratio: 0.4, holds: false })
})

test('the report says which reach is held, for people and for machines', () => {
  const figures = [atMostTimes(0.5, first), atMostTimes(0.3, { ...first, id: 'second' })]
  const table = asTable(figures)
  expect(table).toContain('| a first delivery | 400 ms | 1000 ms | 0.4 | at most 0.5 times | yes |')
  expect(table).toContain('| a first delivery | 400 ms | 1000 ms | 0.4 | at most 0.3 times | **no** |')
  expect(JSON.parse(asJson(figures))).toEqual({
    figures: [
      expect.objectContaining({ id: 'first', value: 400, unit: 'ms', floor: 1000, ratio: 0.4, holds: true }),
      expect.objectContaining({ id: 'second', reach: 'at most 0.3 times', holds: false }),
    ],
  })
})

test('options: all, some figures, or a picture; anything else is told', () => {
  expect(readOptions([])).toEqual({ json: false, only: null, trace: null })
  expect(readOptions(['--json', '--only', 'first-mp4,first-hls', '--only', 'repeat-p50'])).toMatchObject({
    json: true,
    only: ['first-mp4', 'first-hls', 'repeat-p50'],
  })
  expect(() => readOptions(['--fast'])).toThrow(/--fast[\s\S]*npm run bench/)
  expect(() => readOptions(['--only', 'faster'])).toThrow('there is no figure faster; there are memory-idle,')
})

test('a trace is drawn with the length of every bar, and what came before the media is counted', () => {
  const svg = drawTrace({
    title: 'A delivery',
    spans: [
      { row: 'fetch', kind: 'runs', what: 'fetch', fromMs: 10, toMs: 60 },
      { row: 'fetch', kind: 'tool', what: 'yt-dlp', fromMs: 20, toMs: 55.25 },
      { row: 'Telegram', kind: 'call', what: 'sendVideo', fromMs: 70, toMs: 80 },
    ],
    roundTrips: [12, 15, 200].map((atMs) => ({ row: 'fetch', atMs })),
    deliveredMs: 80,
  })
  for (const shown of ['A delivery: 80 ms', 'fetch 50.0 ms', 'yt-dlp 35.3 ms', '>sendVideo<', '>2 × Redis<'])
    expect(svg).toContain(shown)
})

test('figures come from the running product', { timeout: 180_000 }, async () => {
  const { stdout, stderr } = await execaNode(MAIN, ['--json', '--only', 'repeat-p50,updates-accepted'], {
    reject: false,
  })
  const { figures } = z
    .object({ figures: z.array(z.looseObject({ id: z.string(), value: z.number(), floor: z.number() })) })
    .parse(JSON.parse(stdout || `{"stderr": ${JSON.stringify(stderr)}}`))
  expect(figures.map(({ id }) => id)).toEqual(['repeat-p50', 'updates-accepted'])
  for (const { value, floor } of figures) expect(Math.min(value, floor)).toBeGreaterThan(0)
})
