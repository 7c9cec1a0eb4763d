import { InputFile } from 'grammy'
import { afterAll, expect, test } from 'vitest'
import { AnalyticsEvent } from '../../queues/event.ts'
import { mediaKey } from '../../queues/media.ts'
import { calendarDay } from '../../queues/people/calendar.ts'
import { createState } from '../../queues/state.ts'
import { createBotApi } from '../../src/playground/bot-api/create-bot-api.ts'
import { testBucket, testDir, testRedis } from '../../src/playground/testing/services.ts'
import { createArtifacts } from '../../src/shared/artifacts/create-artifacts.ts'
import { createMessages } from '../../src/shared/messages/messages.ts'
import { createStorage } from '../../src/shared/storage/create-storage.ts'
import { createTelegram } from '../../src/shared/telegram/create-telegram.ts'
import { testContext } from '../test-context.ts'
import { createHandler } from './handler.ts'

/** What a delivery counts, and what it lets follow. */

const BOT = 123456
const TOKEN = `${BOT}:${'t'.repeat(30)}`
const dir = await testDir()
const { redis, prefix } = await testRedis()
const state = createState(redis, prefix)
const botApi = createBotApi({
  ...{ mode: 'local', dir, flood: 'off' },
  bots: [{ token: TOKEN, username: 'b_bot', firstName: 'B' }],
})
const { world } = botApi
const telegram = createTelegram({
  ...{ token: TOKEN, apiUrl: await botApi.listen(), mode: 'local', filesDir: dir },
  ...{ redis, prefix, holdMs: 60_000 },
})
const artifacts = createArtifacts({ mode: 'shared', dir })
const storage = createStorage(await testBucket())
afterAll(async () => {
  await state.queues.close()
  await botApi.close()
})

const key = mediaKey('site.1', 'v720')
let unique = 0
/** A person who waits for a file that Telegram has already. */
async function delivery(
  person: Record<string, string | number> = {},
  request: Record<string, string | number> = {},
) {
  const user = world.addUser({ firstName: 'P' })
  const chat = world.openPrivateChat(user)
  const messageId = world.sendText(user, chat, 'a link')
  const asker = {
    ...{ botId: BOT, chatId: user.id, chatType: 'private' as const, threadId: null },
    ...{ userId: user.id, language: 'en' as const, messageId },
  }
  const ticket = await state.requests.create(asker, `u${++unique}`, 'hash', Date.now())
  await state.requests.move(ticket, ['asked'], 'delivering')
  await redis.hset(state.keys.request(ticket), { mediaKey: key, ticketGone: '1', ...request })
  if (Object.keys(person).length > 0) await redis.hset(state.keys.person(BOT, user.id), person)
  return { ticket, userId: user.id, media: () => world.messages(chat).filter((message) => message.video) }
}
const owner = world.addUser({ firstName: 'First' })
world.openPrivateChat(owner)
const { video } = await telegram.api.sendVideo(owner.id, new InputFile(Buffer.from('movie'), 'a.mp4'))
await state.sentFiles.save(BOT, key, {
  ...{ fileId: video.file_id, kind: 'video' },
  file: {
    ...{ kind: 'video', extension: 'mp4', mimeType: 'video/mp4', sizeBytes: 5, width: 2, height: 720 },
    ...{ durationS: 1, title: 't', performer: null, treatment: 'as_is' },
  },
})

type More = Parameters<typeof testContext>[0] & { hasSurvey?: boolean; timeZone?: string }
const send = async (ticket: string, { hasSurvey = false, timeZone = 'UTC', ...more }: More = {}) =>
  await createHandler({
    ...{ ...state, telegram, artifacts, storage, messages: createMessages(), hasSurvey, timeZone },
  })({ data: { ticket, round: 1 }, input: null }, testContext(more))
const eventsOf = async (ticket: string) =>
  (await state.queues.queue('analytics').getJobs(['waiting']))
    .flatMap(({ data }) => data.events)
    .map((event: unknown) => AnalyticsEvent.parse(event))
    .filter((event) => event.name === 'download_completed' && event.ticket === ticket)
const follows = async (ticket: string) =>
  (await state.queues.queue('aftercare').getJob(`after-${ticket}-1`))?.data

test('a run that died between the event and the end counts once', async () => {
  const { ticket, userId, media } = await delivery()
  const dies = (name: string) => {
    if (name === 'counted') throw new Error('died')
  }
  await expect(send(ticket, { failPoint: dies })).rejects.toThrow('died')
  const today = calendarDay(Date.now(), 'UTC')
  expect((await state.people.downloads(userId, today)).total).toBe(0)
  for (let n = 0; n < 3; n++) await send(ticket)
  // Midnight may have come between.
  const { total } = await state.people.downloads(userId, today)
  expect(total).toBe(1)
  expect(await eventsOf(ticket)).toHaveLength(1)
  expect(media()).toHaveLength(1)
})

test('the day is that of the time zone', async () => {
  const { ticket, userId } = await delivery()
  const days = () => ['Pacific/Kiritimati', 'Pacific/Pago_Pago'].map((zone) => calendarDay(Date.now(), zone))
  const before = days()
  await send(ticket, { timeZone: 'Pacific/Kiritimati' })
  const counted = async ([there, elsewhere]: ReturnType<typeof days>) => [
    there && (await state.people.downloads(userId, there)).today,
    elsewhere && (await state.people.downloads(userId, elsewhere)).today,
  ]
  // 25 hours lie between the two: never the same day.
  const ends = [await counted(before), await counted(days())]
  expect(ends).toContainEqual([1, 0])
})

test('seconds of each stage are told of what was waited for, and of nothing that was there', async () => {
  const note = state.stageSeconds.note
  const waited = await delivery({}, { generation: 77, inspectKey: 'inspect.link', linkHash: 'link' })
  await note('inspect', { linkHash: 'link', generation: 5 }, 1.5)
  await note('fetch', { generation: 77, linkHash: 'link' }, 2.25)
  await note('transcode', { generation: 77 }, 0.5)
  await note('fetch', { generation: 78 }, 100)
  await send(waited.ticket)
  expect(await eventsOf(waited.ticket)).toMatchObject([
    {
      cached: false,
      stageSeconds: { inspect: 1.5, fetch: 2.25, transcode: 0.5, send: expect.any(Number) },
    },
  ])
  const cached = await delivery({}, { inspectKey: 'inspect.link', linkHash: 'link' })
  await send(cached.ticket)
  expect(await eventsOf(cached.ticket)).toMatchObject([{ cached: true, stageSeconds: {} }])
  // The looking at the link was somebody else's.
  const known = await delivery({}, { generation: 77, linkHash: 'link' })
  await send(known.ticket)
  const [event] = await eventsOf(known.ticket)
  expect(event && 'stageSeconds' in event && Object.keys(event.stageSeconds).sort()).toEqual([
    ...['fetch', 'send', 'transcode'],
  ])
})

const LONG_AGO = 1
const NOW = Date.now()
test.each<[string, boolean, Record<string, string | number>, Record<string, string | number>, boolean]>([
  ['an ordinary file', true, { delivered: 3 }, {}, false],
  ['the first file ever', true, {}, {}, false],
  ['one above the free limit, with ads', false, {}, { above: '1' }, true],
  ['the first one of somebody who was brought', false, { bonusDue: 5 }, {}, true],
  ['a bonus that is not told yet', false, { bonusUnsaid: 5, delivered: 4 }, {}, true],
  ['the ninth', true, { delivered: 8 }, {}, false],
  ['the tenth', true, { delivered: 9 }, {}, true],
  ['the tenth, without a survey', false, { delivered: 9 }, {}, false],
  ['a later one, when the tenth was missed', true, { delivered: 14 }, {}, true],
  ['a later one, when they were asked', true, { delivered: 14, lastSurveyMs: NOW }, {}, false],
  ['a later one, when they were asked long ago', true, { delivered: 14, lastSurveyMs: LONG_AGO }, {}, true],
  ['one after a limit', true, { reached: 10, delivered: 2 }, {}, true],
  ['one after a limit, without a survey', false, { reached: 10, delivered: 2 }, {}, false],
])('what follows %s', async (_name, hasSurvey, person, request, isDue) => {
  const { ticket, media } = await delivery(person, request)
  await send(ticket, { hasSurvey })
  expect(media()).toHaveLength(1)
  expect(await follows(ticket)).toEqual(isDue ? { ticket, round: 1 } : undefined)
})

test('a delivery that fails lets nothing follow', async () => {
  const { ticket, userId } = await delivery({ used: 1, delivered: 9 }, { above: '1', charged: '1' })
  const request = await state.requests.get(ticket)
  if (!request) throw new Error('lost')
  await state.requests.settle(request, { state: 'failed', failure: 'file_too_big' })
  await send(ticket)
  expect(await follows(ticket)).toBeUndefined()
  expect(await state.people.get(BOT, userId)).toMatchObject({ used: 0, delivered: 9 })
})
