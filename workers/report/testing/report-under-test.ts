import { join } from 'node:path'
import { afterAll } from 'vitest'
import { type AnalyticsEvent, eventId } from '../../../queues/event.ts'
import type { FailureCode } from '../../../queues/failure.ts'
import type { DataOf } from '../../../queues/pipeline.ts'
import { createState } from '../../../queues/state.ts'
import { createBotApi } from '../../../src/playground/bot-api/create-bot-api.ts'
import { testBucket, testDatabase, testDir, testRedis } from '../../../src/playground/testing/services.ts'
import { readConfig } from '../../../src/shared/config.ts'
import { migrate } from '../../../src/shared/db/migrate.ts'
import { createPool } from '../../../src/shared/db/pool.ts'
import { createMessages } from '../../../src/shared/messages/messages.ts'
import { createStorage } from '../../../src/shared/storage/create-storage.ts'
import { createTelegram } from '../../../src/shared/telegram/create-telegram.ts'
import { eventRow } from '../../analytics/event-row.ts'
import { writeEvents } from '../../analytics/write-events.ts'
import { testContext } from '../../test-context.ts'
import { createHandler } from '../handler.ts'

export const BOT = 123456
export const BOT_NAME = 'clipferry_bot'
const TOKEN = `${BOT}:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA`
export const TIME_ZONE = 'Europe/Moscow'

type EventBody = AnalyticsEvent extends infer E
  ? E extends unknown
    ? Omit<E, 'id' | 'botId'>
    : never
  : never

/** The stage on real services, with Telegram's stand-in, a channel, and a clock that the test sets. */
export async function reportUnderTest(env: Record<string, string> = {}) {
  const [{ redis, prefix }, { url }, bucket, dir] = await Promise.all([
    testRedis(),
    testDatabase(),
    testBucket(),
    testDir(),
  ])
  await migrate(url)
  const db = createPool(url)
  const state = createState(redis, prefix)
  const storage = createStorage(bucket)
  await redis.hset(state.keys.botNames, BOT, BOT_NAME)
  const { world, listen, close } = createBotApi({
    ...{ mode: 'local', dir: join(dir, 'telegram'), flood: 'off' },
    bots: [{ token: TOKEN, username: BOT_NAME, firstName: 'Clipferry' }],
  })
  const telegram = createTelegram({
    ...{ token: TOKEN, apiUrl: await listen(), mode: 'local', filesDir: dir, redis, prefix, holdMs: 60_000 },
  })
  afterAll(async () => {
    await state.queues.close()
    await close()
    await db.end()
  })
  const channel = world.addChannel({ title: 'Numbers' })
  let nowMs = Date.now()
  const make = () =>
    createHandler({
      ...{ ...state, telegram, db, storage, messages: createMessages() },
      ...{ freeBytes: async () => 10e12, reserveBytes: 1e9, nowMs: async () => nowMs },
      reporting: readConfig(['reporting'], { REPORT_TZ: TIME_ZONE }),
      reports: readConfig(['reports'], {
        ...{ ANALYTICS_CHANNEL_ID: String(channel.id), REPORT_LANGUAGE: 'en', ...env },
      }),
    })
  const handler = make()
  let unique = 0
  return {
    ...{ state, db, storage, world, channel, redis, dir, make },
    clock(time: string) {
      nowMs = Date.parse(time)
    },
    run: async (data: DataOf<'report'>, more: Partial<Parameters<typeof handler>[1]> = {}, by = handler) =>
      (await by({ data, input: null }, testContext(more))).done,
    /** The channel takes 20 messages a minute; tests say more. */
    async openGate() {
      const gates = await redis.keys(`${prefix}:gate:*`)
      if (gates.length > 0) await redis.del(...gates)
    },
    /** What happened, in the tables. */
    happened: (...events: EventBody[]) =>
      writeEvents(
        db,
        TIME_ZONE,
        events.map((event) => {
          unique += 1
          const made = { ...event, id: eventId(event.name, 'test', unique), botId: BOT } as AnalyticsEvent
          return eventRow(made, BOT_NAME)
        }),
        [],
      ),
    said: (chat: number | typeof channel = channel) =>
      world.messages(chat).map(({ text, caption }) => text ?? caption ?? ''),
  }
}

/** Events as short as tests have them. */
export const at = (time: string) => Date.parse(time)
export const start = (userId: number, time: string): EventBody => ({
  name: 'bot_start',
  userId,
  atMs: at(time),
  source: 'organic',
  campaign: null,
  referrerId: null,
  isNew: true,
  language: 'en',
})
export const link = (userId: number, time: string): EventBody => ({
  name: 'link_received',
  userId,
  atMs: at(time),
  source: 'message',
  links: 1,
})
export const download = (
  userId: number,
  time: string,
  mediaKey = 'youtube.x.v720.full.public',
): EventBody => ({
  name: 'download_completed',
  userId,
  atMs: at(time),
  ticket: 'AAAAAA',
  source: 'message',
  platform: 'youtube',
  mediaKey,
  height: 720,
  sizeBytes: 5,
  cached: false,
  waitedMs: 100,
  stageSeconds: {},
})
export const failure = (userId: number, time: string, code: FailureCode): EventBody => ({
  name: 'download_failed',
  userId,
  atMs: at(time),
  ticket: 'AAAAAA',
  source: 'message',
  platform: 'youtube',
  stage: 'fetch',
  code,
})
