import { Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { deadLetterId } from '../../queues/dead-letters.ts'
import { keysFor } from '../../queues/keys.ts'
import { STAGE_NAMES } from '../../queues/pipeline.ts'
import { testRedis } from '../playground/testing/services.ts'
import { PASSWORD, startWeb } from './testing/web-under-test.ts'

let web: Awaited<ReturnType<typeof startWeb>>
let browser: Browser
let connection: Redis
let worker: Worker

beforeAll(async () => {
  const { redis, url, prefix } = await testRedis()
  web = await startWeb({ redis, prefix })
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  connection = new Redis(url, { maxRetriesPerRequest: null })
  worker = new Worker('fetch', () => Promise.reject(new Error('gone: https://canary.example/video')), {
    connection,
    prefix,
  })
  const job = await web.queues.queue('fetch').add('fetch', { ticket: 'ABC123' }, { jobId: 'one' })
  await vi.waitFor(async () => expect(await job.getState()).toBe('failed'), 30_000)
  await redis.hset(keysFor(prefix).canary, Object.fromEntries(STAGE_NAMES.map((name) => [name, Date.now()])))
})
afterAll(async () => {
  await browser?.close()
  await worker?.close()
  await web?.close()
  connection?.disconnect()
})

/** A new visitor; `complaints` collects what the browser refuses or cannot do. */
async function visit(javaScriptEnabled: boolean): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage({ javaScriptEnabled, locale: 'en-GB' })
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  return { page, complaints }
}

async function logIn(page: Page, password = PASSWORD): Promise<void> {
  await page.goto(`${web.origin}/`)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
}

test('without scripts: a wrong password, the right one, the stages, and out again', async () => {
  const { page, complaints } = await visit(false)
  await logIn(page, 'wrong password')
  await page.getByRole('alert').getByText('wrong').waitFor()
  await logIn(page)
  await page.getByRole('heading', { name: 'Stages' }).waitFor()
  await page.getByText('Ready: every stage answers.').waitFor()
  expect(await page.getByRole('row').count()).toBe(STAGE_NAMES.length + 1)
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.getByLabel('Password').waitFor()
  expect(complaints).toEqual([
    'Failed to load resource: the server responded with a status of 401 (Unauthorized)',
  ])
  await page.close()
})

test('without scripts: from the stages to a dead letter, replayed and seen to be', async () => {
  const { requests, deadLetters } = web.state
  const asker = { botId: 1, chatId: 7, userId: 7, threadId: null, messageId: 1 } as const
  const ticket = await requests.create({ ...asker, chatType: 'private', language: 'en' }, 'u1', 'hash', 1)
  await requests.move(ticket, ['asked'], 'delivering')
  const request = await requests.get(ticket)
  if (request) await requests.settle(request, { state: 'failed', failure: 'telegram_rejected' })
  const failedAtMs = Date.now()
  const letter = {
    id: deadLetterId('send', `${ticket}-1`, failedAtMs),
    jobId: `${ticket}-1`,
    ticket,
    failedAtMs,
  }
  await deadLetters.add({
    ...{ ...letter, stage: 'send', code: 'telegram_rejected', reason: 'telegram_rejected', attempts: 1 },
    ...{ crashes: 0, site: null, mediaKey: null, stderr: ['the last line'], versions: {}, input: null },
    data: { ticket, round: 1 },
  })
  const { page, complaints } = await visit(false)
  await logIn(page)
  await page.getByRole('link', { name: 'Dead letters: 1 open' }).click()
  await page.getByRole('link', { name: ticket }).click()
  await page.getByText('the last line').waitFor()
  await page.getByRole('button', { name: 'Replay' }).click()
  await page.getByRole('status').getByText('it is being sent to one person').waitFor()
  await page.getByRole('link', { name: 'Dead letters' }).click()
  await page.getByText('Nothing is open.').waitFor()
  expect(complaints).toEqual([])
  expect((await requests.get(ticket))?.state).toBe('delivering')
  await page.close()
})

test('the board shows queues and jobs under its content policy', async () => {
  const { page, complaints } = await visit(true)
  await logIn(page)
  await page.getByRole('link', { name: 'Open the queues' }).click()
  await page.getByRole('main').getByText('maintenance').first().waitFor()
  await page.goto(`${web.origin}/queues/queue/fetch/one`)
  await page.getByText('gone: [link]').first().waitFor()
  await page.getByText('Data', { exact: true }).click()
  await page.getByText('ABC123').first().waitFor()
  expect(await page.content()).not.toContain('canary.example')
  // Its fonts from elsewhere and the styles of its waiting picture are refused, and not missed.
  const refusedStyle = /^(Loading the stylesheet 'https:\/\/fonts\.googleapis\.com|Applying inline style )/
  expect(complaints.filter((complaint) => !refusedStyle.test(complaint))).toEqual([])
  await page.close()
})
