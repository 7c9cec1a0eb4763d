import { expect, test } from 'vitest'
import { judge, type VariantCounts } from './judge.ts'

const variants = (...counts: [participants: number, conversions: number][]): VariantCounts[] =>
  counts.map(([participants, conversions], i) => ({
    variant: `v${i}`,
    share: 100 / counts.length,
    participants,
    conversions,
  }))
const verdicts = (given: VariantCounts[], plannedSize: number, isActive = false) =>
  judge(given, plannedSize, isActive).variants.map(({ verdict }) => verdict)

test.each([
  ['nobody yet', variants([0, 0], [0, 0]), 1000, 'no_people'],
  ['one side only', variants([3, 1], [0, 0]), 1000, 'no_people'],
  ['everybody on one side', variants([500, 1], [0, 0]), 1000, 'broken'],
  ['before its time', variants([200, 20], [200, 30]), 1000, 'early'],
  ['so clear that it may be said early', variants([200, 20], [200, 120]), 1000, 'better'],
  ['so bad that it may be said early', variants([200, 120], [200, 20]), 1000, 'worse'],
  ['a small difference at its time', variants([5000, 200], [5000, 250]), 10_000, 'better'],
  ['the same, a person too early', variants([5000, 200], [5000, 250]), 10_001, 'early'],
  ['none at its time', variants([500, 50], [500, 51]), 1000, 'no_difference'],
  ['people who land elsewhere', variants([44_000, 100], [45_000, 9000]), 1000, 'broken'],
])('%s', (_, given, plannedSize, verdict) => {
  expect(verdicts(given, plannedSize)).toEqual([null, verdict])
})

test('before the planned size nothing but the sequential interval is there to be read', () => {
  const early = judge(variants([200, 20], [200, 30]), 1000, false)
  expect(early.isComplete).toBe(false)
  expect(early.variants[1]).toMatchObject({ fixed: null, sequential: { low: expect.any(Number) } })
  const complete = judge(variants([500, 50], [500, 80]), 1000, false)
  expect(complete.isComplete).toBe(true)
  expect(complete.variants[1]?.fixed).toMatchObject({ z: expect.closeTo(2.82, 2) })
  expect(complete.variants[0]).toMatchObject({ fixed: null, sequential: null, difference: null, rate: 0.1 })
})

test('while it runs, only the sequential interval counts, however many people there are', () => {
  const small = variants([5000, 200], [5000, 250])
  expect(verdicts(small, 10_000)).toEqual([null, 'better'])
  expect(verdicts(small, 10_000, true)).toEqual([null, 'early'])
  expect(judge(small, 10_000, true)).toMatchObject({ isComplete: true, variants: [{}, { fixed: null }] })
  expect(verdicts(variants([500, 50], [500, 51]), 1000, true)).toEqual([null, 'early'])
  expect(verdicts(variants([5000, 200], [5000, 900]), 10_000, true)).toEqual([null, 'better'])
})

test('what people who landed elsewhere differ by is not there to be read', () => {
  const broken = judge(variants([44_000, 100], [45_000, 9000]), 1000, false)
  expect(broken.sampleRatio?.isMismatch).toBe(true)
  expect(broken.variants[1]).toMatchObject({
    difference: null,
    sequential: null,
    fixed: null,
    verdict: 'broken',
  })
})

test('two variants against one control: each must show more', () => {
  // p = 0.0159 alone; with another one at its side that shows as much, both still stand. With three, one is not enough.
  expect(verdicts(variants([5000, 200], [5000, 250], [5000, 250]), 15_000)).toEqual([
    null,
    'better',
    'better',
  ])
  expect(verdicts(variants([5000, 200], [5000, 250], [5000, 201], [5000, 202], [5000, 199]), 25_000)).toEqual(
    [null, 'no_difference', 'no_difference', 'no_difference', 'no_difference'],
  )
})

test('a test without variants says nothing', () => {
  expect(judge([], 1000, false)).toEqual({ isComplete: false, sampleRatio: null, variants: [] })
})
