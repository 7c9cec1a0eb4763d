import { expect, test } from 'vitest'
import { createDownloadProgress, parseProgressLine } from './download-progress.ts'
import { PROGRESS_PREFIX } from './ytdlp-flags.ts'

const line = (...fields: (string | number)[]) => PROGRESS_PREFIX + fields.join('|')

test.each([
  [line('137', 10, 100, 'NA'), { formatId: '137', doneBytes: 10, totalBytes: 100 }],
  [line('137', 10, 'NA', '99.6'), { formatId: '137', doneBytes: 10, totalBytes: 100 }],
  [line('137', 10, 'NA', 'NA'), { formatId: '137', doneBytes: 10, totalBytes: null }],
  [line('137', 'NA', 100, 'NA'), null],
  [line('137', '1e9', 100, 'NA'), null],
  [PROGRESS_PREFIX, null],
  ['[download] 10% of 100', null],
  ['', null],
])('%s', (text, expected) => expect(parseProgressLine(text)).toEqual(expected))

const run = (expectedBytes: number | null, lines: string[]) => {
  const progressOf = createDownloadProgress(expectedBytes)
  return lines.map((text) => progressOf(text))
}

test('a single file', () => {
  expect(run(null, [line('b', 25, 100, 'NA'), line('b', 100, 100, 'NA')])).toEqual([
    { percent: 25, doneBytes: 25, totalBytes: 100 },
    { percent: 100, doneBytes: 100, totalBytes: 100 },
  ])
})

test('video and audio are one download, whose size inspect has estimated', () => {
  const steps = run(200, [line('v', 50, 150, 'NA'), line('v', 150, 150, 'NA'), line('a', 25, 50, 'NA')])
  expect(steps.map((step) => step?.percent)).toEqual([25, 75, 87])
  expect(steps.at(-1)).toMatchObject({ doneBytes: 175, totalBytes: 200 })
})

test('it never goes back, also when an estimate grows', () => {
  const steps = run(null, [line('v', 50, 'NA', 100), line('v', 60, 'NA', 600), line('v', 600, 'NA', 600)])
  expect(steps.map((step) => step?.percent)).toEqual([50, 50, 100])
})

test('nobody knows the whole', () => {
  expect(run(null, [line('b', 25, 'NA', 'NA')])).toEqual([{ percent: null, doneBytes: 25, totalBytes: null }])
})
