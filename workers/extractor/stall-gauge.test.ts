import { expect, test } from 'vitest'
import { createStallGauge } from './stall-gauge.ts'

const KB = 1024

/** What the gauge says at each look: pairs of milliseconds and bytes in the folder. */
const looks = (windowMs: number, marks: [number, number][]) => {
  const stalled = createStallGauge(windowMs, 0)
  return marks.map(([atMs, bytes]) => stalled(atMs, bytes))
}

test('nothing comes: stalled once the window is over, not before', () => {
  expect(
    looks(10_000, [
      [0, 0],
      [9_999, 0],
      [10_000, 0],
    ]),
  ).toEqual([false, false, true])
})

test('exactly 1 KB/s is enough, a byte less is not', () => {
  expect(looks(10_000, [[10_000, 10 * KB]])).toEqual([false])
  expect(looks(10_000, [[10_000, 10 * KB - 1]])).toEqual([true])
})

test('two bytes a second are no download', () => {
  const drip = Array.from({ length: 20 }, (_, s): [number, number] => [s * 1000, s * 2])
  expect(looks(10_000, drip).indexOf(true)).toBe(10)
})

test('a burst counts for one window, not for ever', () => {
  expect(
    looks(10_000, [
      [1000, 1000 * KB],
      [10_000, 1000 * KB],
      [11_000, 1000 * KB],
      [12_000, 1000 * KB],
    ]),
  ).toEqual([false, false, true, true])
})

test('parts that are merged and go away are no step back', () => {
  expect(
    looks(10_000, [
      [5000, 900 * KB],
      [9000, 100 * KB],
      [12_000, 400 * KB],
      [19_000, 400 * KB],
    ]),
  ).toEqual([false, false, false, false])
})

test('late looks judge the whole time since the last window began', () => {
  expect(
    looks(10_000, [
      [0, 0],
      [60_000, 30 * KB],
    ]),
  ).toEqual([false, true])
})
