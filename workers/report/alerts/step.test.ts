import { expect, test } from 'vitest'
import { readConfig } from '../../../src/shared/config.ts'
import { ALERT_IDS, rulesFor } from './rule.ts'
import { CALM, type Kept, step } from './step.ts'

const MINUTE_MS = 60_000
const rule = { fireAt: 10, resolveBelow: 6, forMs: 2 * MINUTE_MS, coolDownMs: 60 * MINUTE_MS }

/** A value for each minute from 0 on -> what was told in which minute. */
function play(values: (number | null)[]): string[] {
  let kept: Kept = CALM
  return values.flatMap((value, minute) => {
    const stepped = step(kept, value, rule, minute * MINUTE_MS)
    kept = stepped.kept
    return stepped.news ? [`${minute} ${stepped.news}`] : []
  })
}
const minutes = (count: number, value: number | null) => Array.from({ length: count }, () => value)

test.each([
  ['what is well', minutes(30, 9), []],
  ['a moment is not told', [12, 12, 1, 12, 12, 1], []],
  ['long enough', minutes(9, 10), ['2 fired']],
  ['over: well for as long', [...minutes(4, 11), ...minutes(4, 5)], ['2 fired', '6 resolved']],
  ['swings around the limit', [...minutes(3, 11), 9, 11, 8, 12, 7, 10, 6, 11], ['2 fired']],
  ['well, but not for long enough', [...minutes(3, 11), 5, 5, 11, 5, 5, 5], ['2 fired', '8 resolved']],
  [
    'nobody knows the value: nothing changes',
    [11, null, 11, ...minutes(5, null), 5, null, 5],
    ['2 fired', '10 resolved'],
  ],
])('%s', (_, values, told) => {
  expect(play(values)).toEqual(told)
})

test('what comes and goes is told once an hour, and its end only to who was told', () => {
  const bad = [...minutes(4, 11), ...minutes(4, 1)]
  const hour = Array.from({ length: 10 }, () => bad).flat()
  expect(play(hour)).toEqual(['2 fired', '6 resolved', '66 fired', '70 resolved'])
  // Still wrong when the calm-down is over: then it is told.
  expect(play([...bad, ...minutes(60, 11)])).toEqual(['2 fired', '6 resolved', '62 fired'])
})

test('every rule fires at its limit, and resolves below', () => {
  const rules = rulesFor(readConfig(['reports'], {}))
  for (const id of ALERT_IDS) {
    const { fireAt, resolveBelow, forMs } = rules[id]
    expect(fireAt, id).toBeGreaterThan(0)
    expect(resolveBelow, id).toBeLessThanOrEqual(fireAt)
    const begun = step(CALM, fireAt, rules[id], 1)
    const fired = forMs === 0 ? begun : step(begun.kept, fireAt, rules[id], 1 + forMs)
    expect(fired.news, id).toBe('fired')
    const calm = step(fired.kept, 0, rules[id], 2 + forMs)
    const resolved = forMs === 0 ? calm : step(calm.kept, 0, rules[id], 2 + 2 * forMs)
    expect(resolved.news, id).toBe('resolved')
  }
})
