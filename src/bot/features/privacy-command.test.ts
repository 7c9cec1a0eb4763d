import type { Update, User } from 'grammy/types'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { AnalyticsEvent } from '../../../queues/event.ts'
import { report } from '../../../queues/stages/report.ts'
import { createState } from '../../../queues/state.ts'
import { createBotApi } from '../../playground/bot-api/create-bot-api.ts'
import { testDir, testRedis } from '../../playground/testing/services.ts'
import { readConfig } from '../../shared/config.ts'
import { createLogger } from '../../shared/logger.ts'
import { createMessages } from '../../shared/messages/messages.ts'
import { createTelegram } from '../../shared/telegram/create-telegram.ts'
import { createBotStore } from '../bot-store.ts'
import { createBot } from '../create-bot.ts'
import { createGrowthStore } from '../growth-store.ts'
import { createReplies } from '../replies.ts'

const BOT_ID = 4242
const TOKEN = `${BOT_ID}:${'x'.repeat(35)}`
const { redis, prefix } = await testRedis()
const { world, listen, close } = createBotApi({
  ...{ mode: 'cloud', dir: await testDir(), flood: 'off' },
  bots: [{ token: TOKEN, username: 'clipferry_bot', firstName: 'Clipferry' }],
})
const apiUrl = await listen()
const state = createState(redis, prefix)
const log = createLogger('silent', 'test')
const messages = createMessages()
const replies = createReplies(log)
const bot = createBot(
  TOKEN,
  createTelegram({ token: TOKEN, apiUrl, mode: 'cloud', redis, prefix, holdMs: 1500 }),
  {
    ...{
      botId: BOT_ID,
      store: createBotStore({ ...state, refresh: async () => undefined }),
      messages,
      replies,
      log,
    },
    ...{ allowOrigins: [], people: readConfig(['people'], {}), eventsKeepMonths: 12, timeZone: 'UTC' },
    growth: createGrowthStore(state),
  },
)
beforeAll(() => bot.init())
afterAll(async () => {
  await replies.settled()
  await close()
  await state.queues.close()
})

let alice: User
let mallory: User
let group: number
let updateId = 1
beforeEach(async () => {
  await state.queues.queue('report').obliterate({ force: true })
  alice = world.addUser({ firstName: 'Alice', languageCode: 'en' })
  mallory = world.addUser({ firstName: 'Mallory', languageCode: 'en' })
  for (const user of [alice, mallory]) world.openPrivateChat(user)
  group = world.addGroup({ title: 'g', users: [alice, mallory] }).id
})

/** A press as Telegram hands it over: `by` is true, the rest is what a bad client makes of it. */
async function press(by: User, chatId: number, data: string, id = updateId++) {
  const chat =
    chatId > 0
      ? ({ id: chatId, type: 'private', first_name: 'x' } as const)
      : ({ id: chatId, type: 'group', title: 'g' } as const)
  const from = { id: BOT_ID, is_bot: true, first_name: 'b' } as const
  const update: Update = {
    update_id: id,
    callback_query: {
      ...{ id: `q${id}`, from: by, chat_instance: 'i', data },
      message: { message_id: 1, date: 1, chat, from, text: 'x' },
    },
  }
  await bot.handleUpdate(update)
  await replies.settled()
}
const orders = async () =>
  (await state.queues.queue('report').getJobs(['waiting'])).map(({ data }) => report.data.parse(data))

it('an order is the presser’s own, and goes to their own chat', async () => {
  await press(alice, alice.id, 'privacy:export', 901)
  await press(alice, alice.id, 'privacy:export', 901)
  await press(alice, alice.id, 'privacy:forget-yes', 902)
  const own = { botId: BOT_ID, userId: alice.id, chatId: alice.id, threadId: null, language: 'en' }
  expect((await orders()).sort((a, b) => a.kind.localeCompare(b.kind))).toEqual([
    { kind: 'export', origin: `u${BOT_ID}-901`, ...own },
    { kind: 'forget', origin: `u${BOT_ID}-902`, ...own },
  ])
  await vi.waitFor(
    async () => {
      const jobs = await state.queues.queue('analytics').getJobs(['waiting'])
      const events = jobs.flatMap(({ data }) => AnalyticsEvent.array().parse(data.events))
      const used = events.flatMap((event) =>
        event.name === 'feature_used' && event.userId === alice.id ? [event.feature] : [],
      )
      expect(used.sort()).toEqual(['export', 'forget'])
    },
    { timeout: 30_000 },
  )
})

it('an order that is not done yet is not given a second time, by however many presses', async () => {
  await press(alice, alice.id, 'privacy:export', 911)
  await press(alice, alice.id, 'privacy:export', 912)
  await press(mallory, mallory.id, 'privacy:export', 913)
  expect((await orders()).map((order) => 'userId' in order && order.userId).sort()).toEqual(
    [alice.id, mallory.id].sort(),
  )
  const queue = state.queues.queue('report')
  await (await queue.getJob(`u${BOT_ID}-911`))?.remove()
  await press(alice, alice.id, 'privacy:export', 914)
  expect(await queue.getJob(`u${BOT_ID}-914`)).toBeDefined()
})

it.each([
  ['in a group', 'privacy:export', () => group],
  ['in a group', 'privacy:forget-yes', () => group],
  ['in the private chat of somebody else', 'privacy:export', () => alice.id],
  ['in the private chat of somebody else', 'privacy:forget-yes', () => alice.id],
  ['that no button has', 'privacy:forget-yes:1', () => mallory.id],
  ['that no button has', `privacy:export:${1}`, () => mallory.id],
])('a press %s of %s is no order', async (_, data, chat) => {
  await press(mallory, chat(), data)
  expect(await orders()).toEqual([])
})

it('the first word forgets nobody', async () => {
  await press(alice, alice.id, 'privacy:forget')
  await press(alice, alice.id, 'privacy:keep')
  expect(await orders()).toEqual([])
})
