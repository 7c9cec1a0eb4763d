import { readFile } from 'node:fs/promises'
import { UnrecoverableError, Worker } from 'bullmq'
import { beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { linkHash } from '../../../queues/media.ts'
import { createState } from '../../../queues/state.ts'
import { Postpone } from '../../postpone.ts'
import { BOT, BOT_NAME, download, link, reportUnderTest, start } from '../testing/report-under-test.ts'
import { createPeople, NOW } from './testing/people.ts'

const stage = await reportUnderTest()
const { state, redis, db, world, happened, run, said, clock } = stage
const { keys, requests, facts, joins, queues } = state
let unique = 0
const { somebody, cached, freshTicket, tracesOf } = await createPeople(stage)

beforeEach(async () => {
  clock(NOW)
  await stage.openGate()
})

test('export: a file with all that is kept, their own links with it, and of nobody else', async () => {
  const { userId, order } = await somebody({ 'https://example.com/mine': 'site.a.v1.full.public' })
  const other = await somebody({ 'https://example.com/other': 'site.b.v1.full.public' })
  await redis.hset(keys.person(BOT, userId), { source: 'referral', referrerId: other.userId })
  expect(await run({ kind: 'export', ...order })).toBe('answered')
  const [message] = world.messages(userId)
  expect(message?.document).toMatchObject({ file_name: `clipferry-${userId}.json` })
  const text = await readFile(world.fileOf(message?.document?.file_id ?? ''), 'utf8')
  const Exported = z.object({
    bot: z.literal(BOT_NAME),
    userId: z.number(),
    database: z.object({ events: z.array(z.object({ name: z.string() })), downloads: z.array(z.unknown()) }),
    requests: z.array(z.object({ link: z.string(), state: z.string() })),
    settings: z.record(z.string(), z.unknown()),
  })
  const all = Exported.parse(JSON.parse(text))
  expect(all.database.events.map(({ name }) => name).sort()).toEqual([
    'bot_start',
    'download_completed',
    'link_received',
  ])
  expect(all.requests).toEqual([{ link: 'https://example.com/mine', state: 'delivered' }])
  expect(all.settings).toMatchObject({
    [`preference:${BOT}.${userId}`]: 'v720',
    [`user:${userId}:downloads_total`]: '3',
    [`person:${BOT}.${userId}`]: { source: 'referral', used: '3' },
  })
  expect(text).not.toContain(String(other.userId))
  expect(text).not.toContain('example.com/other')
})

test('forget: no trace of them is left, the others keep theirs, and a file that only they had is gone', async () => {
  const [own, both] = ['site.own.v1.full.public', 'site.both.v1.full.public']
  const [ownFile, bothFile] = [await cached(own), await cached(both)]
  const { userId, order } = await somebody({
    'https://example.com/own': own,
    'https://example.com/both': both,
  })
  const other = await somebody({ 'https://example.com/both': both })
  await redis.hset(keys.person(BOT, other.userId), { referrerId: userId })
  const before = await tracesOf(other.userId)
  expect((await tracesOf(userId)).length).toBeGreaterThan(8)

  expect(await run({ kind: 'forget', ...order })).toBe('answered')
  expect(await tracesOf(userId)).toEqual([])
  expect(await tracesOf(other.userId)).toEqual(before)
  expect(await facts.link(linkHash('https://example.com/own'))).toBeNull()
  expect(await facts.link(linkHash('https://example.com/both'))).toBe('https://example.com/both')
  expect(await ownFile()).toEqual({ object: false, record: null, file: false })
  expect(await bothFile()).toEqual({ object: true, record: 'cached', file: true })
  expect(said(userId)).toEqual([
    'Done: I know nothing of you any more. If you write to me again, we’ll meet for the first time.'.replace(
      '’',
      "'",
    ),
  ])
})

test('a worker that dies in the middle: the next one goes on, and nothing is left', async () => {
  const { userId, order } = await somebody({ 'https://example.com/dies': 'site.dies.v1.full.public' })
  const dies = () => {
    throw new Error('killed')
  }
  await expect(run({ kind: 'forget', ...order }, { failPoint: dies })).rejects.toThrow('killed')
  expect(await tracesOf(userId)).not.toEqual([])
  await run({ kind: 'forget', ...order })
  expect(await tracesOf(userId)).toEqual([])
})

test('what they wait for is stopped; a delivery that cannot be is waited for, for a while', async () => {
  const { userId, order } = await somebody({})
  const asker = {
    botId: BOT,
    chatId: userId,
    chatType: 'private',
    threadId: null,
    userId,
    language: 'en',
    messageId: 1,
  } as const
  const [waiting, delivering] = [
    await requests.create(asker, `w${unique++}`, 'h', 1),
    await requests.create(asker, `w${unique++}`, 'h', 1),
  ]
  await joins.joinProduction({ ticket: waiting, botId: BOT }, 'site.w.v1.full.public', 1)
  await redis.hset(keys.request(delivering), { state: 'delivering' })
  await expect(run({ kind: 'forget', ...order })).rejects.toThrow(Postpone)
  expect((await requests.get(waiting))?.state).toBe('cancelled')
  expect((await joins.shared('site.w.v1.full.public')).state).toBe('cancelled')
  expect(await run({ kind: 'forget', ...order }, { addedAtMs: Date.now() - 120_000 })).toBe('answered')
  expect(await tracesOf(userId)).toEqual([])
})

test('a file that somebody is at this moment making is left to them', async () => {
  const mediaKey = 'site.busy.v1.full.public'
  const { order } = await somebody({ 'https://example.com/busy': mediaKey })
  await joins.joinProduction({ ticket: await freshTicket(), botId: 1 }, mediaKey, 1)
  await run({ kind: 'forget', ...order })
  expect((await joins.shared(mediaKey)).state).toBe('inflight')
})

test('events that were on their way do not bring them back', async () => {
  const { userId, order } = await somebody({ 'https://example.com/late': 'site.late.v1.full.public' })
  await run({ kind: 'forget', ...order })
  const late = await queues.queue('report').getJob(`late-${order.origin}`)
  expect(late?.opts.delay).toBeGreaterThan(60_000)
  const data = { kind: 'forget_late', botId: BOT, userId, beforeMs: Date.parse(NOW) } as const
  expect(late?.data).toEqual(data)

  const analytics = queues.queue('analytics')
  await analytics.add('analytics', {}, { jobId: 'on its way', timestamp: Date.parse(NOW) - 1000 })
  await expect(run(data)).rejects.toThrow(Postpone)
  await analytics.obliterate({ force: true })
  await happened(link(userId, '2026-11-20T11:59:59Z'), download(userId, '2026-11-20T12:00:30Z'))
  await redis.incr(keys.downloadsTotal(userId))
  await run(data)
  expect(await tracesOf(userId)).toEqual([])
})

test('what they did is in no job of events that is over; events of others wait on for a repair', async () => {
  const { userId, order } = await somebody({})
  const queue = queues.queue('analytics')
  const event = (of: object) => ({
    id: 'e',
    name: 'feature_used',
    atMs: 1,
    botId: BOT,
    feature: 'stats',
    ...of,
  })
  const jobs = {
    own: [event({ userId }), event({ userId: 1 })],
    brought: [event({ userId: 1, referredUserId: userId })],
    others: [event({ userId: 1 }), event({ userId, botId: BOT + 1 })],
  }
  for (const [id, events] of Object.entries(jobs)) {
    await queue.add('analytics', { events }, { jobId: `done-${id}` })
    await queue.add('analytics', { events }, { jobId: `broken-${id}` })
  }
  const worker = new Worker(queue.name, null, { connection: redis, prefix: keys.prefix })
  for (;;) {
    const job = await worker.getNextJob('t', { block: false })
    if (!job) break
    if (job.id?.startsWith('done')) await job.moveToCompleted({}, 't', false)
    else await job.moveToFailed(new UnrecoverableError('input_missing'), 't', false)
  }
  await worker.close()

  await run({ kind: 'forget', ...order })
  const left = await queue.getJobs(['completed', 'failed'])
  expect(Object.fromEntries(left.map((job) => [job.id, job.data.events]))).toEqual({
    'done-others': jobs.others,
    'broken-own': [event({ userId: 1 })],
    'broken-others': jobs.others,
  })
  await queue.obliterate({ force: true })
})

test('somebody who has come back since keeps what they did since', async () => {
  const { userId, order } = await somebody({ 'https://example.com/back': 'site.back.v1.full.public' })
  await run({ kind: 'forget', ...order })
  const since = '2026-11-20T12:05:00Z'
  await redis.hset(keys.person(BOT, userId), { firstSeenMs: Date.parse(since), used: 1 })
  await happened(link(userId, '2026-11-20T11:59:59Z'), start(userId, since), link(userId, since))
  await run({ kind: 'forget_late', botId: BOT, userId, beforeMs: Date.parse(NOW) })
  const { rows } = await db.query('SELECT name FROM events WHERE user_id = $1 ORDER BY name', [userId])
  expect(rows).toEqual([{ name: 'bot_start' }, { name: 'link_received' }])
  expect((await state.people.get(BOT, userId)).used).toBe(1)
  expect(await redis.zscore(keys.peopleChanged, `${BOT}.${userId}`)).not.toBeNull()
})

test('forgetting is no way back in for who may not use the bot', async () => {
  const { userId, order } = await somebody({ 'https://example.com/blocked': 'site.blocked.v1.full.public' })
  await redis.hset(keys.person(BOT, userId), { isBlocked: '1' })
  await run({ kind: 'forget', ...order })
  expect(await redis.hgetall(keys.person(BOT, userId))).toEqual({ isBlocked: '1' })
  // The row that they get when they come back is to say so, too.
  expect(await redis.zscore(keys.peopleChanged, `${BOT}.${userId}`)).not.toBeNull()
  expect(said(userId)[0]).toMatch(/mark/)
})

test('the same id in another bot, and a number that only looks like it, are somebody else', async () => {
  const { userId, order } = await somebody({})
  const other = createState(redis, keys.prefix).keys
  const strangers = [
    other.person(BOT + 1, userId),
    other.person(BOT, Number(`${userId}0`)),
    other.progress(userId),
  ]
  for (const key of strangers) await redis.hset(key, { x: 1 })
  await run({ kind: 'forget', ...order })
  expect(await redis.exists(...strangers)).toBe(3)
})
