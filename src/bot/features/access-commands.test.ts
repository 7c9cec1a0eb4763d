import { expect, it } from 'vitest'
import { limitsOrderOf } from './access-commands.ts'

it.each([
  ['', { what: 'rules' }],
  ['   ', { what: 'rules' }],
  ['7', { what: 'person', userId: 7 }],
  ['9007199254740991', { what: 'person', userId: Number.MAX_SAFE_INTEGER }],
  ['7 free 25', { what: 'change', userId: 7, change: { freeLimit: 25 } }],
  ['7  FREE\n0', { what: 'change', userId: 7, change: { freeLimit: 0 } }],
  ['7 free default', { what: 'change', userId: 7, change: { freeLimit: null } }],
  ['7 paid on', { what: 'change', userId: 7, change: { isPaid: true } }],
  ['7 Paid Off', { what: 'change', userId: 7, change: { isPaid: false } }],
])('/limits %j', (words, order) => {
  expect(limitsOrderOf(words)).toEqual(order)
})

it.each([
  ...[
    'x',
    '-7',
    '0',
    '07',
    '7.5',
    '1e3',
    '0x10',
    '９',
    '9007199254740992',
    '12345678901234567',
    '@alice',
    '7 8',
  ],
  ...[
    '7 free',
    '7 free -1',
    '7 free 1.5',
    '7 free 9999999999',
    '7 free x',
    '7 free 1 2',
    '7 paid',
    '7 paid yes',
  ],
  ...['7 paid on off', '7 isBlocked 1', '7 __proto__ on', 'free 7', 'paid on'],
])('/limits does not take %j', (words) => {
  expect(limitsOrderOf(words)).toBeNull()
})
