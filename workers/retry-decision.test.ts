import { expect, test } from 'vitest'
import { StageError } from '../queues/failure.ts'
import { backoffMs, decide, type StopReason } from './retry-decision.ts'

const TABLE: [string, unknown, StopReason | null, object][] = [
  [
    'a failure that another attempt may mend',
    new StageError('network'),
    null,
    { retry: true, code: 'network', reason: 'network', retryAfterMs: undefined },
  ],
  [
    'the other side says when',
    new StageError('rate_limited', { retryAfterMs: 9000 }),
    null,
    { retry: true, code: 'rate_limited', reason: 'rate_limited', retryAfterMs: 9000 },
  ],
  [
    'a failure that stays',
    new StageError('gone', { detail: 'HTTP 404' }),
    null,
    { retry: false, code: 'gone', reason: 'gone: HTTP 404' },
  ],
  [
    'a detail with a link in it',
    new StageError('site_error', { detail: 'at https://a.b/c?d=e now' }),
    null,
    { retry: true, code: 'site_error', reason: 'site_error: at [link] now', retryAfterMs: undefined },
  ],
  [
    'a fault of ours keeps its text to itself',
    new TypeError('cannot read 123456:AAAAAAAAAAAAAAAAAAAAAAAA'),
    null,
    { retry: true, code: 'internal', reason: 'internal: TypeError', retryAfterMs: undefined },
  ],
  [
    'a thrown text',
    'oops',
    null,
    { retry: true, code: 'internal', reason: 'internal: string', retryAfterMs: undefined },
  ],
  [
    'cancelled, whatever the handler made of it',
    new Error('killed'),
    'cancelled',
    { retry: false, code: 'cancelled', reason: 'cancelled' },
  ],
  [
    'past its time',
    new Error('aborted'),
    'timeout',
    { retry: true, code: 'timeout', reason: 'timeout', retryAfterMs: undefined },
  ],
  ['shutting down', new StageError('gone'), 'shutdown', { giveBack: true }],
  ['another run has the job', new Error('x'), 'lock_lost', { overtaken: true }],
]

test.each(TABLE)('%s', (_, error, stopped, expected) => {
  expect(decide(error, stopped)).toEqual(expected)
})

test('backoff doubles, is capped, and obeys the other side', () => {
  expect([1, 2, 3, 4].map((n) => backoffMs(n, 1000, undefined, 1))).toEqual([1000, 2000, 4000, 8000])
  expect(backoffMs(30, 1000, undefined, 1)).toBe(60_000)
  expect(backoffMs(1, 1000, undefined, 0)).toBe(500)
  expect(backoffMs(1, 1000, 90_000, 0.5)).toBe(90_000)
})
