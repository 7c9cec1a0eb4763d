import { describe, expect, test } from 'vitest'
import { check } from './check.ts'
import type { CallFact, Facts, MediaFact, Outage, RequestFact, Violation } from './facts.ts'

const TICKET = 'K7QM2X'
const CHAT = 42

const request = (given: Partial<RequestFact> = {}): RequestFact => ({
  ...{ ticket: TICKET, askId: 0, index: 0, state: 'delivered', failure: null },
  ...{ chatId: CHAT, ticketMessageId: 2, mediaKey: 'site.1-v480' },
  ...given,
})
const media = (messageId: number, sentBy: CallFact | null = null): MediaFact => ({
  ...{ askId: 0, chatId: CHAT, messageId, name: 'Harbour', sentBy },
})
const call = (given: Partial<CallFact> = {}): CallFact => ({
  ...{ seq: 1, atMs: 10_000, endedAtMs: 10_100, fault: null, wasHeard: true },
  ...given,
})
const ask = { id: 0, acceptedUpdateId: 700, links: 1, wasBlocked: false }
/** A link that was asked for and delivered, by turning the ticket into the media. */
const GOOD: Facts = {
  asks: [ask],
  requests: [request()],
  presses: [{ ticket: TICKET, action: 'pick' }],
  media: [media(2)],
  texts: [],
  made: [],
  outages: [],
}
const kinds = (facts: Partial<Facts>): Violation['kind'][] =>
  check({ ...GOOD, ...facts }).violations.map(({ kind }) => kind)
const text = (content: string) => [{ chatId: CHAT, messageId: 2, text: content }]
const ended = (given: Partial<RequestFact>, more: Partial<Facts> = {}): Partial<Facts> => ({
  ...{ requests: [request(given)], media: [] },
  ...more,
})
const cancels = [{ ticket: TICKET, action: 'cancel' }]

test('what went well breaks nothing', () => {
  expect(check(GOOD)).toEqual({ violations: [], extra: 0 })
})

describe('lost', () => {
  test.each<[string, Partial<Facts>, Violation['kind'][]]>([
    ['an accepted link that is no request', { requests: [], media: [] }, ['lost']],
    ['one of two links of a message', { asks: [{ ...ask, links: 2 }] }, ['lost']],
    [
      'a message that the bot has not confirmed is not accepted',
      { asks: [{ ...ask, acceptedUpdateId: null }], requests: [], media: [] },
      [],
    ],
    ...(['asked', 'inspecting', 'producing', 'delivering'] as const).map(
      (state): [string, Partial<Facts>, Violation['kind'][]] => [
        `still ${state}`,
        ended({ state }),
        ['lost'],
      ],
    ),
    ['choosing, by somebody who never presses', ended({ state: 'choosing' }, { presses: [] }), []],
    ['choosing after an accepted press', ended({ state: 'choosing' }), ['lost']],
    ['choosing after a cancel', ended({ state: 'choosing' }, { presses: cancels }), ['lost']],
    ['cancelled by nobody', ended({ state: 'cancelled' }, { texts: text('Cancelled.') }), ['lost']],
  ])('%s', (_, facts, expected) => expect(kinds(facts)).toEqual(expected))
})

describe('untold', () => {
  const failed = { state: 'failed', failure: 'gone' } as const
  const cancelled = { state: 'cancelled' } as const
  const blocked = [{ ...ask, wasBlocked: true }]
  test.each<[string, Partial<Facts>, Violation['kind'][]]>([
    ['delivered without a media', ended({}), ['untold']],
    [
      'delivered, and the media answers somebody else',
      { asks: [ask, { ...ask, id: 1, acceptedUpdateId: null }], media: [{ ...media(2), askId: 1 }] },
      ['untold'],
    ],
    [
      'two links delivered, and one media twice',
      {
        asks: [{ ...ask, links: 2 }],
        requests: [request(), request({ ticket: 'AAAAAA', index: 1 })],
        media: [media(2), media(3)],
      },
      ['untold', 'duplicated'],
    ],
    ['failed without a word', ended(failed), ['untold']],
    [
      'failed, and the ticket says something else',
      ended(failed, { texts: text('Having a look…') }),
      ['untold'],
    ],
    ['failed, with the reason', ended(failed, { texts: text(`It is gone.\n\nCode ${TICKET}`) }), []],
    ['failed for a person who has blocked the bot', ended(failed, { asks: blocked }), []],
    [
      'the chat said to be out of reach, which it was not',
      ended({ state: 'failed', failure: 'chat_unreachable' }),
      ['untold'],
    ],
    ['cancelled, and the ticket does not say so', ended(cancelled, { presses: cancels }), ['untold']],
    ['cancelled, in English', ended(cancelled, { presses: cancels, texts: text('Cancelled.') }), []],
    [
      'cancelled before there was a ticket',
      ended({ ...cancelled, ticketMessageId: null }, { presses: cancels }),
      [],
    ],
  ])('%s', (_, facts, expected) => expect(kinds(facts)).toEqual(expected))
})

describe('duplicated', () => {
  const twice = (...calls: (CallFact | null)[]) => ({ media: calls.map((one, n) => media(2 + n, one)) })
  const outage = (of: Outage['of'], fromMs: number, toMs: number): Partial<Facts> => ({
    outages: [{ of, fromMs, toMs }],
  })
  test.each<[string, Partial<Facts>, number, number]>([
    ['two copies, nothing had happened', twice(call(), call()), 1, 0],
    ['a ticket and a message of its own', twice(null, call()), 1, 0],
    ['two tickets that became the media', twice(null, null), 1, 0],
    ...['lost_answer', 'error_after', 'reset_upload'].map(
      (fault): [string, Partial<Facts>, number, number] => [
        `a second copy after ${fault}`,
        twice(call({ fault }), call()),
        0,
        1,
      ],
    ),
    ['a fault that swallows nothing', twice(call({ fault: 'late_answer' }), call()), 1, 0],
    ['three copies after one lost answer', twice(call({ fault: 'lost_answer' }), call(), call()), 1, 1],
    [
      'three copies after two lost answers',
      twice(call({ fault: 'lost_answer' }), call({ fault: 'lost_answer' }), call()),
      0,
      2,
    ],
    ['send killed during the call', { ...twice(call(), call()), ...outage('send', 10_050, 10_060) }, 0, 1],
    ['Redis away as the answer came', { ...twice(call(), call()), ...outage('redis', 11_000, 12_000) }, 0, 1],
    ['send killed long after', { ...twice(call(), call()), ...outage('send', 20_000, 20_010) }, 1, 0],
    ['send killed long before', { ...twice(call(), call()), ...outage('send', 1000, 2000) }, 1, 0],
    [
      'Telegram went away before it had answered',
      { ...twice(call({ wasHeard: false }), call()), ...outage('telegram', 10_050, 12_000) },
      0,
      1,
    ],
    [
      'Telegram went away after it had answered',
      { ...twice(call(), call()), ...outage('telegram', 10_150, 12_000) },
      1,
      0,
    ],
    ['a media that answers nothing', { media: [media(2), { ...media(9), askId: null, name: 'x' }] }, 1, 0],
  ])('%s', (_, facts, duplicated, extra) => {
    const verdict = check({ ...GOOD, ...facts })
    expect(verdict.violations.map(({ kind }) => kind)).toEqual(Array(duplicated).fill('duplicated'))
    expect(verdict.extra).toBe(extra)
  })

  const made = [1, 2].map((generation) => ({
    ...{ mediaKey: 'site.1-v480', generation },
    ...{ addedAtMs: generation * 10_000, endedAtMs: generation * 10_000 + 5000 },
  }))
  test.each<[string, Partial<Facts>, Violation['kind'][]]>([
    ['one file made twice', { made }, ['duplicated']],
    ['two files made once', { made: made.map((one, n) => ({ ...one, mediaKey: `${n}` })) }, []],
    ['made again after its storage was in trouble', { made, ...outage('files', 12_000, 13_000) }, []],
    [
      'made twice, and the storage was in trouble afterwards',
      { made, ...outage('files', 90_000, 91_000) },
      ['duplicated'],
    ],
    [
      'made again after somebody had left',
      {
        made,
        requests: [
          request(),
          request({ ticket: 'BBBBBB', askId: null, state: 'cancelled', ticketMessageId: null }),
        ],
        presses: [{ ticket: 'BBBBBB', action: 'cancel' }],
      },
      [],
    ],
  ])('%s', (_, facts, expected) => expect(kinds(facts)).toEqual(expected))
})
