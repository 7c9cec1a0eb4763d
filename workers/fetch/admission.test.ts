import { expect, test } from 'vitest'
import { StageError } from '../../queues/failure.ts'
import { admit } from './admission.ts'

const MB = 1024 ** 2

test.each([
  [3200 * MB, 1000 * MB, 1000 * MB],
  [1000 * MB, null, 1000 * MB],
])('%d free is room for %s beside a reserve of %d', (free, expected, reserve) => {
  expect(() => admit(free, expected, reserve)).not.toThrow()
})

test.each([
  [3199 * MB, 1000 * MB, 1000 * MB],
  [999 * MB, null, 1000 * MB],
])('%d free is no room for %s beside a reserve of %d', (free, expected, reserve) => {
  const refused = (() => {
    try {
      admit(free, expected, reserve)
    } catch (error) {
      return error
    }
    return null
  })()
  expect(refused).toBeInstanceOf(StageError)
  expect(refused).toMatchObject({ code: 'disk_full', retryAfterMs: 60_000 })
})
