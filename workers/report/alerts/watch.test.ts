import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { keysFor } from '../../../queues/keys.ts'
import { testRedis } from '../../../src/playground/testing/services.ts'
import { readConfig } from '../../../src/shared/config.ts'
import { createMessages } from '../../../src/shared/messages/messages.ts'
import { testContext } from '../../test-context.ts'
import type { AlertNews } from './news.ts'
import { newsText } from './news-text.ts'
import { postWebhook } from './post-webhook.ts'
import { ALERT_IDS, type AlertId, rulesFor } from './rule.ts'
import { createWatch, type Look, type Measures } from './watch.ts'

const { redis, prefix } = await testRedis()
const keys = keysFor(prefix)
const rules = rulesFor(readConfig(['reports'], {}))
const { log, signal } = testContext()
const MINUTE_MS = 60_000
const MEASURED = ALERT_IDS.filter((id) => id !== 'no_data')

let looks: Partial<Record<AlertId, Look | Error>>
let heard: string[]
let isDeaf: boolean
let pings: string[]
const measures = Object.fromEntries(
  MEASURED.map((id) => [
    id,
    async () => {
      const look = looks[id] ?? { value: 0, detail: null }
      if (look instanceof Error) throw look
      return look
    },
  ]),
) as Measures
const watch = createWatch({
  ...{ redis, keys, rules, measures },
  hearers: {
    channel: async ({ alert, state }) => {
      if (isDeaf) throw new Error('away')
      heard.push(`${alert} ${state}`)
    },
    webhook: async ({ alert, state }) => void pings.push(`${alert} ${state}`),
  },
})
/** One look a minute, for so many minutes. */
let minute = 1
async function look(count: number) {
  for (let n = 0; n < count; n++) await watch(minute++ * MINUTE_MS, log, signal, () => undefined)
}
beforeEach(async () => {
  await redis.del(keys.alerts, keys.alertNews)
  looks = {}
  heard = []
  pings = []
  isDeaf = false
})

test.each(MEASURED)('%s fires, and resolves', async (id) => {
  await look(3)
  expect(heard).toEqual([])
  looks[id] = { value: rules[id].fireAt, detail: 'somewhere' }
  await look(8)
  expect(heard).toEqual([`${id} fired`])
  looks[id] = { value: 0, detail: null }
  await look(8)
  expect(heard).toEqual([`${id} fired`, `${id} resolved`])
  expect(pings).toEqual(heard)
})

test('a measure that nobody can take is an alert of its own, and leaves the others as they are', async () => {
  looks.storage_away = { value: 1, detail: 'x' }
  await look(4)
  looks.storage_away = new Error('connection refused')
  await look(8)
  expect(heard).toEqual(['storage_away fired', 'no_data fired'])
  looks.storage_away = { value: 0, detail: null }
  await look(8)
  expect(heard.slice(2).sort()).toEqual(['no_data resolved', 'storage_away resolved'])
})

test('what the channel could not be told is told later, in order; the webhook has it once', async () => {
  isDeaf = true
  looks.dead_letters = { value: 1000, detail: null }
  await look(4)
  looks.dead_letters = { value: 0, detail: null }
  await look(4)
  expect([heard, pings]).toEqual([[], ['dead_letters fired', 'dead_letters resolved']])
  isDeaf = false
  await look(1)
  expect(heard).toEqual(['dead_letters fired', 'dead_letters resolved'])
  await look(1)
  expect([heard.length, pings.length, await redis.hlen(keys.alertNews)]).toEqual([2, 2, 0])
})

test('two processes look at once: one of them does', async () => {
  looks.extractor_broken = { value: 99, detail: 'youtube' }
  const at = minute++ * MINUTE_MS
  const said = await Promise.all([1, 2, 3, 4].map(() => watch(at, log, signal, () => undefined)))
  expect(said.sort()).toEqual([...Array(3).fill('somebody is at it'), 'told 2'])
  expect(heard).toEqual(['extractor_broken fired'])
})

test('a line for people, in both languages', () => {
  const messages = createMessages()
  const news: AlertNews = {
    ...{ id: 'x', alert: 'error_rate', state: 'fired', value: 0.345, limit: 0.2, detail: '20/58' },
    ...{ atMs: 0, lastedMs: null },
  }
  expect(newsText(messages, 'en', news)).toMatch(/34\.5% \(20\/58\)/)
  expect(newsText(messages, 'ru', { ...news, state: 'resolved', lastedMs: 600_000 })).toMatch(/10.*34,5/s)
  for (const alert of ALERT_IDS) expect(newsText(messages, 'ru', { ...news, alert })).toMatch(/[а-я]/)
})

describe('the webhook', () => {
  const bodies: unknown[] = []
  const answers: number[] = []
  const server = createServer(async (request, response) => {
    bodies.push([request.method, request.url, JSON.parse(await text(request))])
    const status = answers.shift() ?? 204
    response.writeHead(status, status === 307 ? { location: '/elsewhere' } : {}).end()
  }).listen(0, '127.0.0.1')
  afterAll(() => server.close())
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?key=secret`

  test('gets JSON; a failure is repeated, and then given up without a word of the address', async () => {
    answers.push(500, 204)
    await postWebhook(url(), { alert: 'x' }, signal)
    expect(bodies.splice(0)).toEqual(Array(2).fill(['POST', '/hook?key=secret', { alert: 'x' }]))
    answers.push(500, 500, 404)
    const error = await postWebhook(url(), {}, signal).catch((failure: unknown) => failure)
    expect(String(error)).toBe('Error: the webhook was not taken: status 404')
    expect(bodies.splice(0)).toHaveLength(3)
  })

  test('is not followed elsewhere', async () => {
    answers.push(307, 307, 307)
    await expect(postWebhook(url(), {}, signal)).rejects.toThrow(/not taken/)
    expect(bodies.splice(0).every((body) => JSON.stringify(body).includes('/hook'))).toBe(true)
  })
})
