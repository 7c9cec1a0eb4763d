/**
 * Hands updates with a link to the bot, a hundred at a time as Telegram does, and in turns adds as many jobs of the same
 * content by BullMQ alone. Prints the rates of all turns as JSON. Nobody works on the jobs.
 */
import { Queue } from 'bullmq'
import type { Update } from 'grammy/types'
import { z } from 'zod'
import type { DataOf } from '../../queues/pipeline.ts'
import { jobOptions } from '../../queues/queues.ts'
import { createState } from '../../queues/state.ts'
import { createBotStore } from '../bot/bot-store.ts'
import { createBot } from '../bot/create-bot.ts'
import { createGrowthStore } from '../bot/growth-store.ts'
import { handleUpdates } from '../bot/handle-updates.ts'
import { createReplies } from '../bot/replies.ts'
import { readConfig } from '../shared/config.ts'
import { createLogger } from '../shared/logger.ts'
import { createMessages } from '../shared/messages/messages.ts'
import { createRedis } from '../shared/redis.ts'
import { createTelegram } from '../shared/telegram/create-telegram.ts'

const TURNS = 6
const UPDATES = 3000
const AT_ONCE = 100
const PEOPLE = 500

const { REDIS_URL, BOT_API, BOT_TOKEN } = z
  .object({ REDIS_URL: z.string(), BOT_API: z.string(), BOT_TOKEN: z.string() })
  .parse(process.env)
const prefix = 'bench-accept'
const redis = createRedis(REDIS_URL, { role: 'producer' })
await new Promise((ready) => redis.once('ready', ready))
const state = createState(redis, prefix)
const log = createLogger('silent', 'bench')
const telegram = createTelegram({
  ...{ token: BOT_TOKEN, apiUrl: BOT_API, mode: 'local', redis, prefix, holdMs: 0 },
})
const bot = createBot(BOT_TOKEN, telegram, {
  botId: telegram.botId,
  store: createBotStore({ ...state, refresh: state.notifier.touch }),
  messages: createMessages(),
  replies: createReplies(log),
  log,
  allowOrigins: [],
  people: readConfig(['people'], {}),
  eventsKeepMonths: 12,
  growth: createGrowthStore(state),
  timeZone: 'UTC',
})
await bot.init()
const bare = new Queue('bare', { connection: redis, prefix })

function updateOf(id: number): Update {
  const userId = 1000 + (id % PEOPLE)
  return {
    update_id: id,
    message: {
      message_id: id,
      date: Math.floor(Date.now() / 1000),
      chat: { id: userId, type: 'private', first_name: 'Alice' },
      from: { id: userId, is_bot: false, first_name: 'Alice', language_code: 'en' },
      text: `https://video.example.org/watch/${id}`,
    },
  }
}

function addBare(id: number) {
  const userId = 1000 + (id % PEOPLE)
  const data: DataOf<'intake'> = {
    kind: 'links',
    asker: {
      ...{ botId: telegram.botId, chatId: userId, chatType: 'private', threadId: null, userId },
      ...{ language: 'en', messageId: id },
    },
    origin: `u${telegram.botId}-${id}`,
    links: [`https://video.example.org/watch/${id}`],
    receivedAtMs: Date.now(),
  }
  return bare.add('intake', data, {
    ...jobOptions('intake'),
    jobId: data.origin,
    priority: 1 + (id % UPDATES),
  })
}

/** @returns how many a second */
async function rateOf(atOnce: (ids: number[]) => Promise<unknown>, firstId: number): Promise<number> {
  const startedAt = performance.now()
  for (let id = firstId; id < firstId + UPDATES; id += AT_ONCE)
    await atOnce(Array.from({ length: AT_ONCE }, (_, n) => id + n))
  return (UPDATES * 1000) / (performance.now() - startedAt)
}

const accepted: number[] = []
const added: number[] = []
// The first turn warms both.
for (let turn = 0; turn <= TURNS; turn++) {
  const firstId = 1 + turn * UPDATES
  added.push(await rateOf((ids) => Promise.all(ids.map(addBare)), firstId))
  accepted.push(
    await rateOf(async (ids) => {
      const left = await handleUpdates(ids.map(updateOf), (update) =>
        bot.handleUpdate(update).then(() => true),
      )
      if (left.length > 0) throw new Error('an update was not accepted')
    }, firstId),
  )
}
console.log(JSON.stringify({ accepted: accepted.slice(1), added: added.slice(1) }))
await Promise.all([bare.close(), state.queues.close()])
redis.disconnect()
