import { expect, it } from 'vitest'
import { clock } from './clock.ts'

it.each([
  [0, '0:00'],
  [7.4, '0:07'],
  [59.6, '1:00'],
  [200, '3:20'],
  [3599, '59:59'],
  [3723, '1:02:03'],
  [36_000, '10:00:00'],
  [null, null],
])('shows %s s as %s', (durationS, shown) => {
  expect(clock(durationS)).toBe(shown)
})
