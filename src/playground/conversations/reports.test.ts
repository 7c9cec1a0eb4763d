import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import type { DataOf } from '../../../queues/pipeline.ts'
import { createMessages } from '../../shared/messages/messages.ts'
import { databaseOf } from './database.ts'
import { PATIENCE_MS, runningStack } from './running-stack.ts'
import { talkIn } from './talk.ts'

const ADMIN_ID = 5_000_000_001
const CHANNEL_ID = -1_002_000_000_001
const soon = { timeout: 120_000, interval: 100 }

const alerts: unknown[] = []
const webhook = createServer(async (request, response) => {
  alerts.push(await json(request))
  response.writeHead(204).end()
}).listen(0, '127.0.0.1')
await once(webhook, 'listening')
afterAll(() => void webhook.close())

const running = await runningStack({
  ADMIN_USER_IDS: String(ADMIN_ID),
  ANALYTICS_CHANNEL_ID: String(CHANNEL_ID),
  ALERT_WEBHOOK_URL: `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/`,
  REPORT_LANGUAGE: 'en',
})
const { world, person, link, state } = running
const { rows, untilRows } = databaseOf(running)
const { text } = createMessages()
const botId = world.firstBot().id
const channel = world.addChannel({ id: CHANNEL_ID, title: 'Numbers' })
const admin = world.addUser({ id: ADMIN_ID, firstName: 'Ann', languageCode: 'en' })
const ann = talkIn(world, admin, world.openPrivateChat(admin))
const inChannel = () => world.messages(channel).map((message) => message.text ?? message.caption ?? '')

/** A report that is due now, and not in its minute. */
let asked = 0
async function report(data: DataOf<'report'>): Promise<string> {
  const jobId = `test-${++asked}`
  await state.queues.add('report', data, { jobId })
  return await vi.waitFor(async () => {
    const result = await state.queues.resultOf('report', jobId)
    if (!result) throw new Error('not yet')
    return result.done
  }, soon)
}

/** For whoever must find out why a report did not come. */
async function whatWasReported(): Promise<string> {
  const jobs = await state.queues.queue('report').getJobs()
  const next = await state.queues.queue('maintenance').getJobScheduler('reports')
  const told = jobs.map(
    (job) => `${job.id}: ${JSON.stringify(job.returnvalue ?? job.failedReason ?? 'not over')}`,
  )
  return `the schedule: ${JSON.stringify(next)}; the channel: ${JSON.stringify(inChannel())}; jobs: ${told.join(', ')}`
}

/** Somebody who has had a file. */
async function served(path: string) {
  const one = person()
  await state.preferences.set(botId, one.user.id, 'v1080')
  one.say('/start')
  await one.ask(link(path)).untilMedia()
  await untilRows('SELECT FROM downloads WHERE user_id = $1', [one.user.id], (found) =>
    expect(found).toHaveLength(1),
  )
  return one
}

test('an admin asks for numbers and gets them; for anybody else there is no such command', {
  timeout: PATIENCE_MS,
}, async () => {
  await served('/files/clip-601.mp4')
  ann.say('/admin_analytics week')
  expect(await ann.untilSaid(/^📊 7 days/)).toContain('Downloads')
  ann.say('/admin_funnel')
  await ann.untilSaid(/^🔻 Funnel/)
  ann.say('/admin_analytics century')
  await ann.untilSaid(text('en', 'report-usage'))

  const mallory = person()
  mallory.say('/admin_analytics')
  mallory.say('/admin_funnel')
  await vi.waitFor(() => expect(mallory.said()).toEqual([text('en', 'help'), text('en', 'help')]), soon)
})

test('a person reads what is kept, has it as a file, and is forgotten on a second word', {
  timeout: PATIENCE_MS,
}, async () => {
  const path = '/files/clip-602.mp4'
  const one = await served(path)
  const { id: userId } = one.user
  one.say('/privacy')
  await one.untilSaid(text('en', 'privacy', { months: 12 }))
  expect(await one.press(await one.untilButton(/Export/))).toBe(text('en', 'toast-export'))
  const document = await vi.waitFor(() => {
    const found = world.messages(one.chat).find((message) => message.document)?.document
    if (!found) throw new Error('no file yet')
    return found
  }, soon)
  const exported = await readFile(world.fileOf(document.file_id), 'utf8')
  expect(JSON.parse(exported)).toMatchObject({ userId, requests: [{ link: link(path), state: 'delivered' }] })

  const key = z
    .object({ media_key: z.string() })
    .parse((await rows('SELECT media_key FROM downloads WHERE user_id = $1', [userId]))[0]).media_key
  await vi.waitFor(async () => expect((await state.joins.shared(key)).media).toMatch(/"key"/), soon)

  await one.press(await one.untilButton(/Forget me/))
  await one.untilSaid(text('en', 'privacy-confirm'))
  await one.press(await one.untilButton(/No/))
  await one.untilSaid(text('en', 'privacy-kept'))
  expect(await state.redis.exists(state.keys.person(botId, userId))).toBe(1)

  one.say('/privacy')
  await one.press(await one.untilButton(/Forget me/))
  await one.press(await one.untilButton(/Yes, forget me/))
  await one.untilSaid(text('en', 'privacy-forgotten'))
  expect(await state.redis.exists(state.keys.person(botId, userId))).toBe(0)
  expect(await state.joins.shared(key)).toEqual({})
  expect(await state.sentFiles.get(botId, key)).toBeNull()
  // What was still in the queue of events goes a little later.
  expect(await report({ kind: 'forget_late', botId, userId, beforeMs: Date.now() })).toBe('forgotten')
  for (const table of ['events', 'downloads', 'users', 'daily_active'])
    expect(await rows(`SELECT FROM ${table} WHERE user_id = $1`, [userId]), table).toEqual([])

  // Who comes back is new, and the file is made anew.
  const hits = running.hits(path)
  one.say('/start')
  await one.ask(link(path)).untilButton(/Video/)
  expect(running.hits(path)).toBeGreaterThan(hits)
})

test('in a group nobody is shown what is kept of somebody', { timeout: PATIENCE_MS }, async () => {
  const one = person()
  const group = talkIn(world, one.user, world.addGroup({ title: 'Club', users: [one.user] }))
  group.say('/privacy')
  await group.untilSaid(text('en', 'privacy-in-private'))
})

test('the channel hears of new people, has its digest once, and an alert that ends', {
  timeout: PATIENCE_MS,
}, async () => {
  await vi.waitFor(
    async () => {
      const found = inChannel().some((said) => /^🆕.*new in clipferry_bot/i.test(said))
      if (!found) throw new Error(`no news of new people; ${await whatWasReported()}`)
    },
    { interval: 500, timeout: 180_000 },
  )

  // Somebody was here the day before yesterday.
  await rows(`INSERT INTO users (bot, user_id, first_seen_at, last_seen_at)
    SELECT 'clipferry_bot', 1, now() - interval '2 days', now() - interval '2 days'`)
  expect(['sent', 'sent before']).toContain(await report({ kind: 'digest', day: null }))
  expect(await report({ kind: 'digest', day: null })).toBe('sent before')
  expect(inChannel().filter((said) => said.startsWith('📊 The day'))).toHaveLength(1)

  await rows(`INSERT INTO events (event_id, name, at, bot, user_id, props)
    SELECT 'broken-' || n, 'download_failed', now(), 'clipferry_bot', 1, '{"code": "extractor_broken", "platform": "youtube"}'
    FROM generate_series(1, 4) AS n`)
  const told = (mark: string) =>
    vi.waitFor(async () => {
      await report({ kind: 'alerts' })
      expect(inChannel().filter((said) => said.startsWith(mark) && said.includes('extractor'))).toHaveLength(
        1,
      )
    }, soon)
  await told('🔴')
  await rows("DELETE FROM events WHERE event_id LIKE 'broken-%'")
  await told('🟢')
  await vi.waitFor(
    () =>
      expect(alerts.filter((one) => JSON.stringify(one).includes('extractor_broken'))).toMatchObject([
        { alert: 'extractor_broken', state: 'fired', value: 4, detail: 'youtube', limit: 3 },
        { alert: 'extractor_broken', state: 'resolved', value: 0 },
      ]),
    soon,
  )
})
