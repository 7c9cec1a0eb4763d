import { expect, test } from 'vitest'
import { FAULT_KINDS } from './fault.ts'
import { readOptions } from './options.ts'

test('what is not said is three minutes with every fault, and a seed by chance', () => {
  expect(readOptions([])).toMatchObject({ minutes: 3, kinds: FAULT_KINDS })
  const options = ['--minutes', '0.5', '--seed', '7', '--people', '3', '--faults', 'redis_killed,bot_killed']
  const kinds = ['redis_killed', 'bot_killed']
  expect(readOptions(options)).toEqual({ minutes: 0.5, seed: 7, people: 3, kinds })
})

test.each([
  [['--minutes', 'soon'], /--minutes: must be a number/],
  [['--minutes', '0'], /--minutes/],
  [['--seed', '-1'], /--seed|ambiguous/],
  [['--seed', '1.5'], /--seed/],
  [['--people', '0'], /--people/],
  [['--faults', 'redis_killed,earthquake'], /no such fault/],
  [['--fast'], /--fast/],
  [['7'], /7/],
])('%j is refused, with how to call it', (args, reason) => {
  expect(() => readOptions(args)).toThrow(reason)
  expect(() => readOptions(args)).toThrow(/npm run chaos/)
})
