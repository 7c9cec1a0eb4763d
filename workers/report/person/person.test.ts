import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { cachedFields } from '../../../queues/cached.ts'
import { linkHash, type MediaFile } from '../../../queues/media.ts'
import { createState } from '../../../queues/state.ts'
import { ObjectMissing } from '../../../src/shared/storage/storage-error.ts'
import { Postpone } from '../../postpone.ts'
import { BOT, BOT_NAME, download, link, reportUnderTest, start } from '../testing/report-under-test.ts'

const stage = await reportUnderTest()
const { state, redis, db, world, storage, happened, run, said, clock } = stage
const { keys, requests, facts, joins, sentFiles, queues } = state
const NOW = '2026-11-20T12:00:00Z'
await storage.ensureBucket()
await writeFile(join(stage.dir, 'file'), 'bytes')

const FILE: MediaFile = {
  kind: 'video',
  extension: 'mp4',
  mimeType: 'video/mp4',
  sizeBytes: 5,
  width: 1,
  height: 1,
  durationS: 1,
  title: 't',
  performer: null,
  treatment: 'as_is',
}
let unique = 0

/** A person with a request for each link, a row for each medium, and all the keys that there are. */
async function somebody(links: Record<string, string>) {
  const user = world.addUser({ firstName: 'Ann', languageCode: 'en' })
  world.openPrivateChat(user)
  const userId = user.id
  for (const [url, mediaKey] of Object.entries(links)) {
    const asker = {
      botId: BOT,
      chatId: userId,
      chatType: 'private',
      threadId: null,
      userId,
      language: 'en',
    } as const
    const asked = { ...asker, messageId: 1 }
    const ticket = await requests.create(asked, `u${unique++}`, linkHash(url), Date.parse(NOW))
    await facts.saveLink(linkHash(url), url)
    await redis.hset(keys.request(ticket), { state: 'delivered', mediaKey })
    await redis.srem(keys.active(BOT, userId), ticket)
    await redis.zrem(keys.owed, ticket)
    await happened(start(userId, NOW), link(userId, NOW), download(userId, NOW, mediaKey))
  }
  await redis.hset(keys.person(BOT, userId), {
    firstSeenMs: Date.parse(NOW),
    used: 3,
    code: `code${userId}`,
    language: 'en',
  })
  await redis.set(keys.referralCode(BOT, `code${userId}`), `${BOT}.${userId}`)
  await redis.set(keys.downloadsTotal(userId), 3)
  await redis.set(keys.downloadsOfDay(userId, '20261120'), 3)
  await state.preferences.set(BOT, userId, 'v720')
  const order = {
    origin: `p${unique++}`,
    botId: BOT,
    userId,
    chatId: userId,
    threadId: null,
    language: 'en',
  } as const
  return { userId, order }
}

/** A medium in the cache, with a file at Telegram. */
async function cached(mediaKey: string) {
  const ticket = await freshTicket()
  const joined = await joins.joinProduction({ ticket, botId: BOT }, mediaKey, 1)
  if (joined.how !== 'waiting') throw new Error(joined.how)
  const object = await storage.put(`cache/${mediaKey}`, join(stage.dir, 'file'), { contentType: 'video/mp4' })
  const fields = cachedFields({
    file: FILE,
    media: object,
    thumbnail: null,
    artifact: null,
    artifactThumbnail: null,
  })
  await joins.finish(mediaKey, joined.generation, { fields, ttlMs: 0, from: 'producing', to: 'delivering' })
  await redis.del(keys.request(ticket))
  await sentFiles.save(BOT, mediaKey, { fileId: 'f', kind: 'video', file: FILE })
  return async () => {
    const there = await storage.head(object.key).then(
      () => true,
      (error: unknown) => !(error instanceof ObjectMissing),
    )
    return {
      object: there,
      record: (await joins.shared(mediaKey)).state ?? null,
      file: (await sentFiles.get(BOT, mediaKey)) !== null,
    }
  }
}
/** Of somebody else, who is no part of it. */
const freshTicket = () =>
  requests.create(
    { botId: 1, chatId: 1, chatType: 'private', threadId: null, userId: 1, language: 'en', messageId: 1 },
    `x${unique++}`,
    'none',
    1,
  )

/** Whatever in Redis or in any table bears the person's id, beside the order itself and Telegram's gate. */
async function tracesOf(userId: number): Promise<string[]> {
  const found: string[] = []
  for (const key of await redis.keys(`${keys.prefix}:*`)) {
    if (/:(gate|report|analytics):|:reported:/.test(key)) continue
    const type = await redis.type(key)
    const value =
      type === 'string'
        ? await redis.get(key)
        : type === 'hash'
          ? Object.entries(await redis.hgetall(key))
          : type === 'set'
            ? await redis.smembers(key)
            : type === 'zset'
              ? await redis.zrange(key, 0, -1)
              : ''
    if (`${key} ${value}`.includes(String(userId))) found.push(key)
  }
  const { rows } = await db.query(
    `SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS name FROM information_schema.tables
     WHERE table_schema IN ('public', 'shared') AND table_type = 'BASE TABLE'`,
  )
  for (const { name } of z.array(z.object({ name: z.string() })).parse(rows)) {
    const { rowCount } = await db.query(`SELECT FROM ${name} AS t WHERE t::text LIKE $1`, [`%${userId}%`])
    if (rowCount !== 0) found.push(name)
  }
  return found
}

beforeEach(async () => {
  clock(NOW)
  await stage.openGate()
})

test('export: a file with all that is kept, their own links with it, and of nobody else', async () => {
  const { userId, order } = await somebody({ 'https://example.com/mine': 'site.a.v1.full.public' })
  const other = await somebody({ 'https://example.com/other': 'site.b.v1.full.public' })
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
    await requests.create(asker, `u${unique++}`, 'h', 1),
    await requests.create(asker, `u${unique++}`, 'h', 1),
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
})

test('forgetting is no way back in for who may not use the bot', async () => {
  const { userId, order } = await somebody({ 'https://example.com/blocked': 'site.blocked.v1.full.public' })
  await redis.hset(keys.person(BOT, userId), { isBlocked: '1' })
  await run({ kind: 'forget', ...order })
  expect(await redis.hgetall(keys.person(BOT, userId))).toEqual({ isBlocked: '1' })
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
