import { expect, test } from 'vitest'
import { versionAtLeast } from './version.js'

test.each([
  ['2026.07.04', '2026.07.04', true],
  ['2026.7.4', '2026.07.04', true],
  ['2026.10.26', '2026.07.04', true],
  ['2026.07.04.233012', '2026.07.04', true],
  ['2027.01.01', '2026.07.04', true],
  ['2026.07.03', '2026.07.04', false],
  ['2026.06.30', '2026.07.04', false],
  ['2023.03.04', '2026.07.04', false],
  ['2026.07', '2026.07.04', false],
  ['not found', '2026.07.04', false],
])('%s is at least %s: %s', (version, floor, expected) => {
  expect(versionAtLeast(version, floor)).toBe(expected)
})
