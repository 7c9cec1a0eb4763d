import { expect, test } from 'vitest'
import { FAILURES } from '../../queues/failure.ts'
import type { MediaFacts } from '../../queues/media.ts'
import { Request } from '../../queues/request.ts'
import { createMessages } from '../../src/shared/messages/messages.ts'
import { type TicketFacts, ticketView } from './ticket-view.ts'

const messages = createMessages()

const request = (fields: Partial<Record<keyof Request, string>>): Request =>
  Request.parse({
    ticket: 'ABCDEF',
    origin: 'u1',
    botId: '1',
    chatId: '2',
    chatType: 'private',
    userId: '2',
    language: 'en',
    messageId: '3',
    linkHash: 'h',
    round: '1',
    createdAtMs: '1',
    ...fields,
  })

const FACTS: MediaFacts = {
  mediaId: 'site.1',
  extractor: 'site',
  title: 'Harbour',
  uploader: null,
  durationS: 125,
  choices: [
    { format: 'v1080', codec: 'vp9', sizeBytes: 45_400_000 },
    { format: 'v480', codec: 'avc1', sizeBytes: 9_960_000 },
    { format: 'v240', codec: 'avc1', sizeBytes: null },
    { format: 'a-m4a', codec: 'mp4a', sizeBytes: 1_230_000 },
  ],
  inspectedAt: '2026-11-21T00:00:00Z',
}

const view = (fields: Parameters<typeof request>[0], more: Partial<TicketFacts> = {}) =>
  ticketView(
    { request: request(fields), facts: null, progress: null, position: null, waitS: null, ...more },
    messages,
  )

const labels = (fields: Parameters<typeof request>[0], more: Partial<TicketFacts> = {}) =>
  view(fields, more)?.keyboard.map((row) => row.map(({ text }) => text))

test('choices come two in a row, with what is known of their size', () => {
  expect(labels({ state: 'choosing' }, { facts: FACTS })).toEqual([
    ['🎬 1080p · 45 MB', '🎬 480p · 10 MB'],
    ['🎬 240p'],
    ['🎵 M4A · 1.2 MB'],
    ['☐ Always use my choice'],
    ['Cancel'],
  ])
  expect(view({ state: 'choosing' }, { facts: FACTS })?.text).toContain('Harbour\u2069 (2:05)')
  expect(labels({ state: 'choosing', remember: '1' }, { facts: FACTS })?.[3]).toEqual([
    '☑ Always use my choice',
  ])
})

test.each([
  ['en', 1, 'this one begins in one second.'],
  ['en', 60, 'this one begins in 60 seconds.'],
  ['en', 91, 'this one begins in 2 minutes.'],
  ['en', 3600, 'this one begins in 60 minutes.'],
  ['ru', 3, 'этот начнётся через 3 секунды.'],
  ['ru', 300, 'этот начнётся через 5 минут.'],
] as const)('above what is free, until when it waits (%s, %i)', (language, waitS, text) => {
  const shown = view({ state: 'asked', language }, { waitS })
  expect(shown?.text).toMatch(new RegExp(`${text}$`))
  expect(shown).toMatchObject({
    final: false,
    keyboard: [[{ callback_data: expect.stringMatching(/^cancel:/) }]],
  })
})

test.each([
  [
    'en',
    '10',
    '5',
    "You've had your 10 free files. Bring somebody with /referral, and you get 5 more for each",
  ],
  ['en', '1', '0', "You've had your one free file. What I already have still costs you nothing."],
  ['ru', '2', '5', 'вы получили 2 файла. Пригласите кого-нибудь через /referral: за каждого даю ещё 5.'],
  ['ru', '21', '0', 'вы получили 21 файл. То, что у меня уже есть, по-прежнему ничего не стоит.'],
])('what was free is used up (%s, %s)', (language, allowed, bonusEach, text) => {
  const shown = view({ state: 'failed', failure: 'limit_reached', language, allowed, bonusEach })
  expect(shown?.text).toContain(text)
  expect(shown?.keyboard.flat()).toMatchObject([{ callback_data: expect.stringMatching(/^retry:/) }])
})

test.each(['too_often', 'too_many_today', 'blocked', 'not_allowed', 'not_invited'])(
  'links that were left out for %s: why, and no button',
  (failure) => {
    const shown = view({ state: 'failed', failure, leftOut: '3', inWork: '0' })
    expect(shown).toMatchObject({ keyboard: [], final: true })
    expect(shown?.text).toContain(messages.text('en', `failure-${failure}`))
  },
)

test('sound comes first for who is tested so', () => {
  expect(labels({ state: 'choosing' }, { facts: FACTS, order: 'audio_first' })).toEqual([
    ['🎵 M4A · 1.2 MB'],
    ['🎬 1080p · 45 MB', '🎬 480p · 10 MB'],
    ['🎬 240p'],
    ['☐ Always use my choice'],
    ['Cancel'],
  ])
})

test('every button names its ticket and fits into Telegram’s 64 bytes', () => {
  const keyboard =
    view({ state: 'choosing', ticket: 'ABCDEFGHJKMNPQRSTV' }, { facts: FACTS })?.keyboard.flat() ?? []
  const data = keyboard.map((button) => ('callback_data' in button ? button.callback_data : ''))
  expect(data.every((text) => text.includes(':ABCDEFGHJKMNPQRSTV') && Buffer.byteLength(text) <= 64)).toBe(
    true,
  )
  expect(data).toContain('pick:ABCDEFGHJKMNPQRSTV:v480')
})

const MB = 1_000_000
const WORK: [string, Partial<TicketFacts>, string][] = [
  ['the place in the queue', { position: 3 }, '⏳ In line: number 3.'],
  ['next in the queue', { position: 1 }, '⏳ You’re next.'.replace('’', "'")],
  [
    'percent and size',
    { progress: { stage: 'fetch', percent: 42, doneBytes: 4 * MB, totalBytes: 10 * MB } },
    '⬇️ Downloading: 42% of 10 MB',
  ],
  [
    'nobody knows the whole',
    { progress: { stage: 'fetch', percent: null, doneBytes: 4.24 * MB, totalBytes: null } },
    '⬇️ Downloading: 4.2 MB so far',
  ],
  [
    'just begun',
    { progress: { stage: 'fetch', percent: null, doneBytes: null, totalBytes: null } },
    '⬇️ Downloading…',
  ],
  [
    'converting',
    { progress: { stage: 'transcode', percent: 7, doneBytes: null, totalBytes: null } },
    '⚙️ Converting: 7%',
  ],
]
test.each(WORK)('work: %s', (_, facts, text) => {
  expect(view({ state: 'producing' }, facts)?.text).toBe(text)
})

test('only a choice that was not asked for can be changed', () => {
  expect(labels({ state: 'producing' })).toEqual([['Cancel']])
  expect(labels({ state: 'producing', byPreference: '1' })).toEqual([['Other quality', 'Cancel']])
})

test('every failure has a reason, the code of the ticket, and Retry where that can help', () => {
  for (const [failure, rule] of Object.entries(FAILURES)) {
    for (const language of ['en', 'ru']) {
      const shown = view({ state: 'failed', failure, language })
      expect(shown?.text).toContain('ABCDEF')
      expect(shown?.text.length).toBeGreaterThan(30)
      expect(shown?.keyboard.length, failure).toBe(rule.personMayRetry ? 1 : 0)
      expect(shown?.final).toBe(true)
    }
  }
})

test.each([
  [
    'en',
    '1',
    '20',
    'You have 20 requests in work, and I take no more at once, so I left out one link of this',
  ],
  ['en', '3', '1', 'You have one request in work, and I take no more at once, so I left out 3 links of this'],
  [
    'ru',
    '1',
    '20',
    'У вас в работе 20 запросов, больше сразу не беру, поэтому из этого сообщения пропускаю 1 ссылку',
  ],
  [
    'ru',
    '3',
    '21',
    'У вас в работе 21 запрос, больше сразу не беру, поэтому из этого сообщения пропускаю 3 ссылки',
  ],
  [
    'ru',
    '7',
    '2',
    'У вас в работе 2 запроса, больше сразу не беру, поэтому из этого сообщения пропускаю 7 ссылок',
  ],
])(
  'links that were left out (%s, %s of them): how many, and no button',
  (language, leftOut, inWork, text) => {
    const shown = view({ state: 'failed', failure: 'too_many', language, leftOut, inWork })
    expect(shown).toMatchObject({ keyboard: [], final: true })
    expect(shown?.text.startsWith(text)).toBe(true)
    expect(shown?.text).toContain('ABCDEF')
  },
)

test('a person who reads Russian reads Russian', () => {
  expect(view({ state: 'cancelled', language: 'ru' })?.text).toMatch(/[а-я]/i)
})

test('nothing is shown over the media', () => {
  expect(view({ state: 'delivered' })).toBeNull()
})

test('facts that are too old to choose from are said to be, with a way on', () => {
  expect(labels({ state: 'choosing' })).toEqual([['Try again']])
})
