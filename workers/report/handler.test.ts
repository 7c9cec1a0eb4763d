import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { GrammyError } from 'grammy'
import { afterAll, expect, test } from 'vitest'
import { StageError } from '../../queues/failure.ts'
import { FloodWait, GateBusy } from '../../src/shared/telegram/telegram-error.ts'
import { Postpone } from '../postpone.ts'
import { failure, reportUnderTest } from './testing/report-under-test.ts'
import { toTelegram } from './to-telegram.ts'

const posts: unknown[] = []
const webhook = createServer(async (request, response) => {
  posts.push(await json(request))
  response.end()
}).listen(0, '127.0.0.1')
await once(webhook, 'listening')
afterAll(() => void webhook.close())
const url = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/`

test('without a channel and a webhook nothing is looked at, and nothing sent', async () => {
  const { run, happened, said } = await reportUnderTest({ ANALYTICS_CHANNEL_ID: '' })
  await happened(...Array.from({ length: 5 }, () => failure(1, new Date().toISOString(), 'extractor_broken')))
  expect(await run({ kind: 'alerts' })).toBe('nobody to tell')
  for (const kind of ['digest', 'weekly'] as const) expect(await run({ kind, day: null })).toBe('no channel')
  expect(await run({ kind: 'new_people' })).toBe('no channel')
  expect(said()).toEqual([])
})

test('a webhook alone hears of alerts, in words and in numbers', async () => {
  const { run, happened } = await reportUnderTest({ ANALYTICS_CHANNEL_ID: '', ALERT_WEBHOOK_URL: url })
  await happened(...Array.from({ length: 5 }, () => failure(1, new Date().toISOString(), 'extractor_broken')))
  expect(await run({ kind: 'alerts' })).toBe('told 1')
  expect(posts).toEqual([
    {
      id: expect.stringMatching(/^extractor_broken-fired-\d+$/),
      ...{ alert: 'extractor_broken', state: 'fired', value: 5, limit: 3, detail: 'youtube', lastedMs: null },
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      text: '🔴 The extractor does not understand a site, in the last 30 minutes: 5 (youtube)',
    },
  ])
})

test('new people who cannot be told of now are no failure: the next minute tells', async () => {
  const { run, db, happened, clock } = await reportUnderTest()
  clock(new Date().toISOString())
  await happened(failure(7, new Date().toISOString(), 'gone'))
  await db.query('ALTER TABLE users RENAME TO away')
  expect(await run({ kind: 'new_people' })).toBe('not now')
  await db.query('ALTER TABLE away RENAME TO users')
  expect(await run({ kind: 'new_people' })).toBe('1 new')
})

const refusal = (code: number, description: string, parameters = {}) =>
  new GrammyError('x', { ok: false, error_code: code, description, parameters }, 'sendMessage', {})

test.each([
  ['a busy gate', new GateBusy(700), new Postpone(700)],
  ['a flood', new FloodWait(3000, 'chat'), new Postpone(3000)],
  ['a chat that threw us out', refusal(403, 'Forbidden: bot was kicked'), new StageError('chat_unreachable')],
  ['a Telegram that fails', refusal(502, 'Bad Gateway'), new StageError('telegram_unavailable')],
  [
    'a text that it does not take',
    refusal(400, 'Bad Request: text is empty'),
    new StageError('telegram_rejected', { detail: 'rejected' }),
  ],
])('%s', async (_, error, becomes) => {
  await expect(toTelegram(1, () => Promise.reject(error))).rejects.toThrow(becomes)
})

test('a group that has moved is followed; what is wrong with us is no fault of Telegram', async () => {
  const moved = refusal(400, 'Bad Request: group chat was upgraded', { migrate_to_chat_id: -100 })
  const call = (to: number) => (to === -5 ? Promise.reject(moved) : Promise.resolve(to))
  expect(await toTelegram(-5, call)).toBe(-100)
  await expect(toTelegram(1, () => Promise.reject(new RangeError('ours')))).rejects.toThrow(RangeError)
})
