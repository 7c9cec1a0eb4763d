import { expect, it } from 'vitest'
import { touchOf } from './start-command.ts'

it.each([
  ['', 'organic', null, null],
  ['ref_abc-1', 'referral', null, 'abc-1'],
  ['ref_', 'campaign', 'ref_', null],
  ['spring24', 'campaign', 'spring24', null],
  ['two words', 'organic', null, null],
  ['a'.repeat(64), 'campaign', 'a'.repeat(64), null],
  ['a'.repeat(65), 'organic', null, null],
  ['https://example.com', 'organic', null, null],
  ["x';--", 'organic', null, null],
])('/start %s', (payload, source, campaign, code) => {
  expect(touchOf(payload)).toEqual({ source, campaign, code })
})
