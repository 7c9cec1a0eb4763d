import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { METRICS } from '../shared/metrics/metrics.ts'
import { numbersInWords } from './testing/numbers-in-words.ts'

const fileOf = (path: string) => fileURLToPath(new URL(`../../docs/${path}`, import.meta.url))
const text = readFileSync(fileOf('operators.md'), 'utf8')

test('docs/operators.md says of each number what the dashboard says', () => {
  const said = /<!-- numbers -->\n\n(.*?)\n\n<!-- end of numbers -->/s.exec(text)?.[1]
  expect(said).toBe(numbersInWords())
  for (const { definition } of METRICS) expect(said).toContain(definition.en)
})

test('its pictures are there', () => {
  const pictures = [...text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, path = '']) => path)
  expect(pictures.length).toBeGreaterThan(5)
  expect(pictures.filter((path) => !existsSync(fileOf(path)))).toEqual([])
})
