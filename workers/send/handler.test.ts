import { access, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InputFile } from 'grammy'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { cachedFields } from '../../queues/cached.ts'
import { eventId } from '../../queues/event.ts'
import { FAILURES, type FailureCode } from '../../queues/failure.ts'
import { mediaKey } from '../../queues/media.ts'
import type { Request } from '../../queues/request.ts'
import { createState, type State } from '../../queues/state.ts'
import { type BotApi, createBotApi } from '../../src/playground/bot-api/create-bot-api.ts'
import { testBucket, testDir, testRedis } from '../../src/playground/testing/services.ts'
import type { Artifacts } from '../../src/shared/artifacts/artifacts.ts'
import { createArtifacts } from '../../src/shared/artifacts/create-artifacts.ts'
import { createMessages } from '../../src/shared/messages/messages.ts'
import { createStorage } from '../../src/shared/storage/create-storage.ts'
import type { Storage } from '../../src/shared/storage/storage.ts'
import { createTelegram, type Telegram } from '../../src/shared/telegram/create-telegram.ts'
import { Postpone } from '../postpone.ts'
import { testContext } from '../test-context.ts'
import { createHandler } from './handler.ts'

const TOKEN = '123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
const BOT = 123456
const FILE = {
  kind: 'video' as const,
  extension: 'mp4' as const,
  mimeType: 'video/mp4' as const,
  sizeBytes: 5,
  width: 640,
  height: 360,
  durationS: 7.6,
  title: 'Harbour',
  performer: null,
  treatment: 'as_is' as const,
}

let botApi: BotApi
let state: State
let telegram: Telegram
let artifacts: Artifacts
let storage: Storage
let dir: string
let unique = 0
let key: string

beforeAll(async () => {
  dir = await testDir()
  const { redis, prefix } = await testRedis()
  state = createState(redis, prefix)
  botApi = createBotApi({
    mode: 'local',
    dir: join(dir, 'telegram'),
    flood: 'off',
    bots: [{ token: TOKEN, username: 'b_bot', firstName: 'B' }],
  })
  const apiUrl = await botApi.listen()
  telegram = createTelegram({
    token: TOKEN,
    apiUrl,
    mode: 'local',
    filesDir: dir,
    redis,
    prefix,
    holdMs: 60_000,
  })
  artifacts = createArtifacts({ mode: 'shared', dir: join(dir, 'artifacts') })
  storage = createStorage(await testBucket())
})
afterAll(async () => {
  await state.queues.close()
  await botApi.close()
})
beforeEach(() => {
  botApi.world.faults.clear()
  botApi.world.ledger.clear()
  key = mediaKey(`site.${++unique}`, 'v360')
})

/** Keeps bytes as the artifact of a production. */
async function artifactOf(production: string): Promise<string> {
  const path = join(await artifacts.workDir(production, 'x'), 'media.mp4')
  await writeFile(path, 'movie')
  return await artifacts.keep(production, 'media.mp4', path)
}

async function store(): Promise<{ key: string; sizeBytes: number; sha256: string }> {
  const path = join(dir, 'to-store.mp4')
  await writeFile(path, 'movie')
  return await storage.put(`cache/${unique}.mp4`, path, { contentType: 'video/mp4' })
}

interface Where {
  artifact?: string | null
  media?: { key: string; sizeBytes: number; sha256: string } | null
}

/** A person who waits for their file, with a ticket unless told otherwise. */
async function delivery({ artifact = null, media = null }: Where, { ticket: withTicket = true } = {}) {
  const { world, cast } = botApi
  const user = world.addUser({ firstName: 'P' })
  const chat = world.openPrivateChat(user)
  const messageId = world.sendText(user, chat, 'a link')
  const asker = {
    botId: BOT,
    chatId: user.id,
    chatType: 'private' as const,
    threadId: null,
    userId: user.id,
    language: 'en' as const,
    messageId,
  }
  const ticket = await state.requests.create(asker, `u${unique}-${user.id}`, 'hash', Date.now())
  await state.requests.move(ticket, ['asked'], 'delivering')
  await state.requests.set(ticket, { mediaKey: key })
  if (withTicket) {
    const { message_id } = await telegram.api.sendMessage(user.id, 'Sending…')
    await state.requests.set(ticket, { ticketMessageId: message_id })
  }
  await state.redis.hset(state.keys.shared(key), {
    state: 'cached',
    generation: 1,
    ...cachedFields({ file: FILE, media, thumbnail: null, artifact, artifactThumbnail: null }),
    // As `upload` leaves it.
    stored: media ? '1' : '0',
  })
  const request = async (): Promise<Request> => {
    const now = await state.requests.get(ticket)
    if (!now) throw new Error('lost')
    return now
  }
  const media_ = () => world.messages(chat).filter((message) => message.video)
  return { ticket, user, chat, world, cast, request, media: media_ }
}

const OWN = { messages: createMessages(), timeZone: 'UTC', hasSurvey: false }

async function send(ticket: string, more: Parameters<typeof testContext>[0] = {}) {
  const round = (await state.requests.get(ticket))?.round ?? 1
  const handler = createHandler({ ...state, ...OWN, artifacts, storage, telegram })
  return await handler({ data: { ticket, round }, input: null }, testContext(more))
}
/** As the bootstrap does: what is postponed is done again. */
async function sendThrough(ticket: string): Promise<{ how: string }> {
  try {
    return await send(ticket)
  } catch (error) {
    if (error instanceof Postpone) return await sendThrough(ticket)
    throw error
  }
}
const there = async (ref: string) =>
  await artifacts
    .open(ref)
    .then(access)
    .then(
      () => true,
      () => false,
    )

test('the ticket becomes the media, and the next one is sent by its file_id', async () => {
  const artifact = await artifactOf('AAAAAA-1')
  const first = await delivery({ artifact, media: await store() })
  const before = await first.request()
  expect(await send(first.ticket)).toEqual({ how: 'edited' })
  const [message] = first.media()
  expect(message?.message_id).toBe(before.ticketMessageId)
  expect(message).toMatchObject({ caption: 'Harbour', video: { width: 640, height: 360, duration: 8 } })
  expect((await first.request()).state).toBe('delivered')
  expect(await there(artifact)).toBe(false)

  const second = await delivery({ artifact, media: null })
  expect(await send(second.ticket)).toEqual({ how: 'edited by file_id' })
  expect(second.media()[0]?.video?.file_id).toBe(message?.video?.file_id)
  expect(await send(second.ticket)).toEqual({ how: 'over' })
  expect(await state.queues.queue('analytics').getJobCountByTypes('waiting')).toBeGreaterThan(1)
})

test('without a ticket it is a message of its own, in answer to the person’s', async () => {
  const { ticket, media, request } = await delivery({ media: await store() }, { ticket: false })
  expect(await send(ticket)).toEqual({ how: 'sent' })
  expect(media().length).toBe(1)
  expect(media()[0]?.reply_to_message?.message_id).toBe((await request()).messageId)
})

test('a file that is not in the cache goes out from its artifact, which stays for the next', async () => {
  const artifact = await artifactOf('AAAAAA-2')
  const { ticket, media } = await delivery({ artifact })
  expect(await send(ticket)).toEqual({ how: 'edited' })
  expect(media().length).toBe(1)
  expect(await there(artifact)).toBe(true)
})

test('a lost answer delivers once: the same edit again changes nothing', async () => {
  const artifact = await artifactOf('AAAAAA-3')
  const { ticket, media, world, request } = await delivery({ artifact, media: await store() })
  world.faults.add({ method: 'editMessageMedia' }, { kind: 'lost_answer' })
  await expect(send(ticket)).rejects.toBeInstanceOf(Postpone)
  expect((await request()).state).toBe('delivering')
  expect((await send(ticket)).how).toMatch(/edited/)
  expect(media().length).toBe(1)
  expect(await there(artifact)).toBe(false)
  expect((await request()).state).toBe('delivered')
})

test('a deleted ticket: the media comes by itself, once', async () => {
  const { ticket, media, world, user, chat, request } = await delivery({ media: await store() })
  world.deleteMessage(user, chat, (await request()).ticketMessageId ?? 0)
  expect(await sendThrough(ticket)).toEqual({ how: 'sent' })
  expect(media().length).toBe(1)
})

test('a group that became a supergroup gets it there', async () => {
  const { world } = botApi
  const { ticket, user } = await delivery({ media: await store() })
  const group = world.addGroup({ title: 'G', users: [user] })
  const { message_id } = await telegram.api.sendMessage(group.id, 'Sending…')
  await state.requests.set(ticket, { chatId: group.id, ticketMessageId: message_id })
  const supergroup = world.migrateGroup(user, group)
  expect(await sendThrough(ticket)).toEqual({ how: 'sent' })
  expect(world.messages(supergroup).filter((message) => message.video).length).toBe(1)
})

const ENDS: [string, (d: Awaited<ReturnType<typeof delivery>>) => void, FailureCode][] = [
  ['the person blocked the bot', ({ world, user }) => world.blockBot(user), 'chat_unreachable'],
  [
    'the file is too big for the server',
    ({ world }) =>
      world.faults.add(
        { method: 'editMessageMedia' },
        { kind: 'error_before', code: 413, description: 'Request Entity Too Large' },
      ),
    'file_too_big',
  ],
  [
    'Telegram takes it in no way',
    ({ world }) =>
      world.faults.add(
        { method: 'editMessageMedia' },
        { kind: 'error_before', code: 400, description: 'Bad Request: wrong something' },
      ),
    'telegram_rejected',
  ],
]
test('a run that died before it had counted and told the end is made up for', async () => {
  const { ticket, request } = await delivery({ media: await store() })
  await state.requests.settle(await request(), { state: 'failed', failure: 'file_too_big' })
  expect(await send(ticket)).toEqual({ how: 'file_too_big' })
  const id = eventId('download_failed', ticket, 1)
  expect(await state.queues.queue('analytics').getJob(id)).toBeTruthy()
})

test.each(ENDS)('%s: the request ends with that reason', async (_, given, code) => {
  const it = await delivery({ media: await store() })
  given(it)
  const end = FAILURES[code].deadLetter
    ? expect(send(it.ticket)).rejects.toMatchObject({ code, final: true })
    : expect(send(it.ticket)).resolves.toEqual({ how: code })
  await end
  expect(await it.request()).toMatchObject({ state: 'failed', failure: code })
  const events = await state.queues.queue('analytics').getJobs(['waiting'])
  expect(events.flatMap((job) => job.data.events)).toContainEqual(
    expect.objectContaining({ name: 'download_failed', ticket: it.ticket, stage: 'send', code }),
  )
  const { view } = await it.request()
  expect(await state.queues.queue('notify').getJob(`${it.ticket}-${view}`)).toBeTruthy()
})

test('a 429 is waited for, for as long as it says, and nothing is used up', async () => {
  const { ticket, world, media } = await delivery({ media: await store() })
  world.faults.add({ method: 'editMessageMedia' }, { kind: 'flood', retryAfterS: 7 })
  const error = await send(ticket).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(Postpone)
  expect(error).toMatchObject({ waitMs: 7000 })
  expect(media()).toEqual([])
})

test('a server that is away is tried again, and in the end the person is told', async () => {
  const { ticket, world, request } = await delivery({ media: await store() })
  await world.faults.down()
  await expect(send(ticket)).rejects.toBeInstanceOf(Postpone)
  expect((await request()).state).toBe('delivering')
  const end = { code: 'telegram_unavailable', final: true }
  await expect(send(ticket, { addedAtMs: Date.now() - 25 * 3600_000 })).rejects.toMatchObject(end)
  // A run that comes after it, because that one died, ends as it did.
  await expect(send(ticket)).rejects.toMatchObject(end)
  expect((await request()).failure).toBe('telegram_unavailable')
  await world.faults.up()
})

test('a file_id that Telegram does not know any more: the bytes go again', async () => {
  const { ticket, media } = await delivery({ media: await store() })
  await state.sentFiles.save(BOT, key, { fileId: 'AgAD'.repeat(8), kind: 'video', file: FILE })
  expect(await sendThrough(ticket)).toEqual({ how: 'edited' })
  expect(media().length).toBe(1)
  expect(await state.sentFiles.get(BOT, key)).toMatchObject({ fileId: media()[0]?.video?.file_id })
})

const MISSES: [string, () => Promise<Where>][] = [
  [
    'the object is gone',
    async () => {
      const media = await store()
      await storage.remove([media.key])
      return { media }
    },
  ],
  [
    'the object is not what it was',
    async () => {
      const media = await store()
      return { media: { ...media, sha256: 'b'.repeat(64) } }
    },
  ],
  ['the artifact is swept', async () => ({ artifact: 'ZZZZZZ-9/media.mp4' })],
]
test.each(MISSES)('%s: a miss, and the request starts over', async (_, make) => {
  const { ticket, request, media } = await delivery(await make())
  expect(await send(ticket)).toEqual({ how: 'missing' })
  expect((await request()).state).toBe('delivering')
  expect(await state.redis.exists(state.keys.shared(key))).toBe(0)
  const resumes = await state.queues.queue('intake').getJobs(['waiting'])
  expect(resumes.map((job) => job.data)).toContainEqual({ kind: 'resume', ticket, round: 1 })
  expect(media()).toEqual([])
})

test('who gets the lease after the bytes have come looks for their file_id again', async () => {
  const { ticket } = await delivery({ artifact: await artifactOf('AAAAAA-7') })
  const known = await delivery({ artifact: await artifactOf('AAAAAA-8') })
  await send(known.ticket)
  const sentFile = await state.sentFiles.get(BOT, key)
  if (!sentFile) throw new Error('nothing was sent')
  await state.sentFiles.forget(BOT, key)
  const calls = botApi.world.ledger.of('editMessageMedia').length
  const handler = createHandler({
    ...{ ...state, ...OWN, artifacts, storage, telegram },
    sentFiles: {
      ...state.sentFiles,
      // As when the one before hands it on between our look and our asking.
      async lease(...asked) {
        await state.sentFiles.save(BOT, key, sentFile)
        return await state.sentFiles.lease(...asked)
      },
    },
  })
  const job = { data: { ticket, round: 1 }, input: null }
  await expect(handler(job, testContext())).rejects.toBeInstanceOf(Postpone)
  expect(botApi.world.ledger.of('editMessageMedia')).toHaveLength(calls)
  expect(await send(ticket)).toEqual({ how: 'edited by file_id' })
})

test('a file that goes while it is sent is a miss, too', async () => {
  const { ticket, request } = await delivery({ artifact: await artifactOf('AAAAAA-6') })
  const losing: typeof artifacts = {
    ...artifacts,
    async open(ref, options) {
      const path = await artifacts.open(ref, options)
      await rm(path)
      return path
    },
  }
  const handler = createHandler({
    ...state,
    artifacts: losing,
    storage,
    telegram: { ...telegram, mediaInput: async () => new InputFile(Buffer.alloc(0), 'media.mp4') },
    ...OWN,
  })
  expect(await handler({ data: { ticket, round: 1 }, input: null }, testContext())).toEqual({
    how: 'missing',
  })
  expect((await request()).state).toBe('delivering')
  expect(await state.redis.exists(state.keys.shared(key))).toBe(0)
})

test('while one delivery brings the bytes, the others wait for its file_id', async () => {
  const { ticket } = await delivery({ media: await store() })
  const lease = await state.sentFiles.lease(BOT, key, 'OTHERS')
  await expect(send(ticket)).rejects.toBeInstanceOf(Postpone)
  expect(botApi.world.ledger.of('editMessageMedia')).toEqual([])
  // Who does not hold it cannot release it.
  await state.redis.set(state.keys.uploading(BOT, key), 'ANOTHER')
  await lease?.release()
  await expect(send(ticket)).rejects.toBeInstanceOf(Postpone)
  await state.redis.del(state.keys.uploading(BOT, key))
  expect(await send(ticket)).toEqual({ how: 'edited' })
})

test('who waits for the file_id is called as soon as it is there', async () => {
  const waiting = await delivery({ artifact: await artifactOf('AAAAAA-5') })
  const lease = await state.sentFiles.lease(BOT, key, 'OTHERS-1')
  await expect(send(waiting.ticket)).rejects.toBeInstanceOf(Postpone)
  expect(await lease?.release()).toEqual([`${waiting.ticket}-1`])
  // As the one after it finds it, that has the bytes and is at work while this one waits.
  const sends = state.queues.queue('send')
  await state.queues.add(
    'send',
    { ticket: waiting.ticket, round: 1 },
    { jobId: `${waiting.ticket}-1`, delay: 3600_000 },
  )
  await state.redis.sadd(state.keys.awaitingFile(BOT, key), `${waiting.ticket}-1`, 'GONE-1')
  const { ticket } = await delivery({ artifact: await artifactOf('AAAAAA-5') })
  expect(await send(ticket)).toEqual({ how: 'edited' })
  expect((await sends.getWaiting()).map(({ id }) => id)).toEqual([`${waiting.ticket}-1`])
  expect(await send(waiting.ticket)).toEqual({ how: 'edited by file_id' })
})

test('a file_id is enough, whatever has become of the cached file', async () => {
  const { ticket, media } = await delivery({ media: await store() })
  const first = await delivery({ artifact: await artifactOf('AAAAAA-4') })
  await send(first.ticket)
  await state.redis.del(state.keys.shared(key))
  expect(await send(ticket)).toEqual({ how: 'edited by file_id' })
  expect(media()[0]).toMatchObject({ caption: 'Harbour', video: { width: 640, duration: 8 } })
})

test('a ticket that is being sent is waited for, not overtaken', async () => {
  const { ticket } = await delivery({ media: await store() }, { ticket: false })
  await state.directSends.ticketLease({ ticket, mediaKey: key })
  await expect(send(ticket)).rejects.toBeInstanceOf(Postpone)
  expect(botApi.world.ledger.of(/^send(Video|Message)$/)).toEqual([])
})

test.each([
  ['a replay that came through is told once, in answer to the ticket', true, 1],
  ['who had their ticket all the time hears nothing more', false, 0],
])('%s', async (_, replayed, times) => {
  const it = await delivery({ media: await store() })
  const { ticketMessageId } = await it.request()
  if (replayed) await state.requests.set(it.ticket, { replayed: 1 })
  // The answer to the edit is lost: the delivery runs again.
  it.world.faults.add({ method: 'editMessageMedia' }, { kind: 'lost_answer' })
  expect((await sendThrough(it.ticket)).how).toContain('edited')
  const news = it.world.messages(it.chat).filter(({ text }) => text === 'Good news: it worked after all.')
  expect(news).toHaveLength(times)
  for (const { reply_to_message } of news) expect(reply_to_message?.message_id).toBe(ticketMessageId)
  expect(await it.request()).toMatchObject({ state: 'delivered', replayed: false })
})

test('good news that cannot be told harm nobody', async () => {
  const it = await delivery({ media: await store() })
  await state.requests.set(it.ticket, { replayed: 1 })
  it.world.faults.add({ method: 'sendMessage', chatId: it.user.id }, { kind: 'lost_answer' })
  expect(await sendThrough(it.ticket)).toEqual({ how: 'edited' })
  expect((await it.request()).state).toBe('delivered')
  expect(it.world.ledger.of('sendMessage').filter((call) => call.chatId === it.user.id)).toHaveLength(2)
})
