import { expect, test } from 'vitest'
import { growingWaitMs, patientWaitMs } from './patience.ts'

test('waits grow, and stop growing at a quarter of a minute', () => {
  expect([1, 2, 3, 4].map((attempt) => growingWaitMs(1000, attempt, 0.5))).toEqual([1000, 1500, 2250, 3375])
  expect(growingWaitMs(1000, 50, 0.5)).toBe(15_000)
  expect([growingWaitMs(1000, 1, 0), growingWaitMs(1000, 1, 1)]).toEqual([750, 1250])
})

test('patience lasts for a day', () => {
  expect(patientWaitMs({ attempt: 1, addedAtMs: Date.now() - 3600_000 }, 1000)).toBeGreaterThan(0)
  expect(patientWaitMs({ attempt: 1, addedAtMs: Date.now() - 25 * 3600_000 }, 1000)).toBeNull()
})
