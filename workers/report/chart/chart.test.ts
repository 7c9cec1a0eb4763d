import { expect, test } from 'vitest'
import { addDays } from '../../../src/shared/metrics/days.ts'
import { type ChartTexts, drawDays, roundUp } from './draw-days.ts'
import { toPng } from './to-png.ts'

const texts: ChartTexts = {
  ...{ title: 'Люди и файлы <по дням> & "так"', people: 'люди', files: 'файлы' },
  day: (day) => day.slice(8),
  number: String,
}
const days = Array.from({ length: 14 }, (_, n) => ({
  day: addDays('2026-11-02', n),
  people: n * 3,
  files: 7 * n,
}))
const all = (svg: string, pattern: RegExp) => [...svg.matchAll(pattern)].map((match) => match.slice(1))

test('a point and a bar for each day, to scale, and the last week stands out', () => {
  const svg = drawDays(days, texts)
  const bars = all(
    svg,
    /<rect x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)" rx="3" fill="(#\w+)"/g,
  )
  expect(bars).toHaveLength(14)
  const heights = bars.map(([, height]) => Number(height))
  // The scale ends at 100, 190 pixels above the ground.
  expect(heights.map((height) => Math.round((height / 190) * 100))).toEqual(days.map(({ files }) => files))
  expect(new Set(bars.slice(7).map(([, , color]) => color)).size).toBe(1)
  expect(bars[0]?.[2]).not.toBe(bars[13]?.[2])
  const points = all(svg, /<circle cx="[\d.]+" cy="([\d.]+)"/g).map(([y]) =>
    Math.round(((282 - Number(y)) / 190) * 40),
  )
  expect(points).toEqual(days.map(({ people }) => people))
})

test('words are words, whatever is in them', () => {
  const svg = drawDays(days, texts)
  expect(svg).toContain('Люди и файлы &lt;по дням&gt; &amp; &quot;так&quot;')
  expect(svg).not.toMatch(/NaN|Infinity|undefined/)
  expect(drawDays([], texts)).not.toMatch(/NaN|Infinity/)
  expect(
    drawDays(
      days.map((one) => ({ ...one, people: 0, files: 0 })),
      texts,
    ),
  ).not.toMatch(/NaN|Infinity/)
})

test.each([
  [1, 1],
  [3, 3],
  [5.1, 6],
  [7, 8],
  [10, 10],
  [11, 20],
  [99, 100],
  [1200, 2000],
  [2100, 3000],
])('the scale for %d ends at %d', (value, end) => {
  expect(roundUp(value)).toBe(end)
})

test('becomes a PNG in which the words are drawn', async () => {
  const svg = drawDays(days, texts)
  const png = await toPng(svg)
  expect(Buffer.from(png.slice(0, 8)).toString('latin1')).toBe('\x89PNG\r\n\x1a\n')
  const head = new DataView(png.buffer, png.byteOffset)
  expect([head.getUint32(16), head.getUint32(20)]).toEqual([960, 600])
  const wordless = await toPng(svg.replace(/<text.*<\/text>/g, ''))
  // Each word costs bytes when there is a font that has its letters.
  expect(png.length).toBeGreaterThan(wordless.length * 1.3)
  const latin = await toPng(svg.replaceAll('люди', '').replaceAll('файлы', ''))
  expect(png.length).toBeGreaterThan(latin.length)
})
