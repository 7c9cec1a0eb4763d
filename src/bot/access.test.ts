import type { Message, User } from 'grammy/types'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { AnalyticsEvent } from '../../queues/event.ts'
import { createState } from '../../queues/state.ts'
import { createBotApi } from '../playground/bot-api/create-bot-api.ts'
import { testDir, testRedis } from '../playground/testing/services.ts'
import { type Config, readConfig } from '../shared/config.ts'
import { createLogger } from '../shared/logger.ts'
import { createMessages } from '../shared/messages/messages.ts'
import { createTelegram } from '../shared/telegram/create-telegram.ts'
import { createBotStore } from './bot-store.ts'
import { createBot } from './create-bot.ts'
import { createGrowthStore } from './growth-store.ts'
import { createReplies } from './replies.ts'

/** Who is let in, what admins may say, and what /stats tells. Updates are handed over as Telegram writes them. */

const BOT_ID = 4242
const TOKEN = `${BOT_ID}:${'x'.repeat(35)}`
const { redis, prefix } = await testRedis()
const server = await createBotApi({
  ...{ mode: 'cloud', dir: await testDir(), flood: 'off' },
  bots: [{ token: TOKEN, username: 'clipferry_bot', firstName: 'Clipferry' }],
})
const { world } = server
const apiUrl = await server.listen()
const state = createState(redis, prefix)
const { keys } = state
const messages = createMessages()
const { text } = messages
const log = createLogger('silent', 'test')
const gated = createTelegram({ token: TOKEN, apiUrl, mode: 'cloud', redis, prefix, holdMs: 1500 })
/** One message a second for a chat would be most of the time of this test. */
const telegram: typeof gated = { ...gated, transformer: (call, ...asked) => call(...asked) }
const replies = createReplies(log)
const store = createBotStore({ ...state, refresh: async () => undefined })

let admin: User
let groupId = 0
let alice: User
let people: Config<'people'>
let updateId = 1
beforeAll(() => {
  admin = world.addUser({ firstName: 'Admin', languageCode: 'en' })
  world.openPrivateChat(admin)
  groupId = world.addSupergroup({ title: 'g', users: [admin] }).id
})
beforeEach(() => {
  alice = world.addUser({ firstName: 'Alice', languageCode: 'en' })
  world.openPrivateChat(alice)
  people = rules()
})
afterAll(async () => {
  await server.close()
  await state.queues.close()
})

const rules = (env: Record<string, string> = {}) =>
  readConfig(['people'], { ADMIN_USER_IDS: `${admin.id}`, ...env })

const botWith = async () => {
  const bot = createBot(TOKEN, telegram, {
    ...{ botId: BOT_ID, store, messages, replies, log, allowOrigins: [], people, timeZone: 'UTC' },
    ...{ eventsKeepMonths: 12, growth: createGrowthStore(state) },
  })
  await bot.init()
  return bot
}
const command = (words: string) => {
  const [first = ''] = words.split(' ')
  return { text: words, entities: [{ type: 'bot_command' as const, offset: 0, length: first.length }] }
}
/** Says something as somebody, with whatever a client can make of it. Returns what the bot has said in the chat since. */
async function say(
  user: User,
  words: string,
  more: Partial<Message> = {},
  chatId = user.id,
): Promise<string[]> {
  const before = world.messages(chatId).length
  const chat =
    chatId > 0
      ? ({ id: chatId, type: 'private', first_name: user.first_name } as const)
      : ({ id: chatId, type: 'supergroup', title: 'g' } as const)
  const message = {
    ...{ message_id: updateId, date: Math.floor(Date.now() / 1000), chat, from: user },
    ...command(words),
    ...more,
  }
  // What hostile clients send is not all in the types.
  await (await botWith()).handleUpdate({
    update_id: updateId++,
    message: message as Message & { from: User },
  } as never)
  await replies.settled()
  return world
    .messages(chatId)
    .slice(before)
    .flatMap((one) => (one.from?.is_bot ? [one.text ?? ''] : []))
}
const events = async (user: User) =>
  (await state.queues.queue('analytics').getJobs(['waiting']))
    .flatMap(({ data }) => data.events)
    .map((event: unknown) => AnalyticsEvent.parse(event))
    .filter((event) => event.userId === user.id)
const person = (user: User) => state.people.get(BOT_ID, user.id)

describe('the commands of admins', () => {
  it('/block and /unblock', async () => {
    const id = String(alice.id)
    expect(await say(admin, `/block ${id}`)).toEqual([text('en', 'block-done', { id })])
    expect((await person(alice)).isBlocked).toBe(true)
    expect(await say(alice, '/help')).toEqual([text('en', 'failure-blocked')])
    expect(await say(admin, `/unblock ${id}`)).toEqual([text('en', 'unblock-done', { id })])
    expect(await say(alice, '/help')).toEqual([text('en', 'help')])
  })

  it.each(['', 'alice', '-5', '0', '1 2', '@alice', '9007199254740993', '99999999999999999', "1'; DROP"])(
    '/block %j is told how to say it',
    async (words) => {
      expect(await say(admin, `/block ${words}`)).toEqual([text('en', 'block-usage')])
      expect(await say(admin, `/unblock ${words}`)).toEqual([text('en', 'unblock-usage')])
    },
  )

  it('nobody blocks an admin', async () => {
    const id = String(admin.id)
    expect(await say(admin, `/block ${id}`)).toEqual([text('en', 'block-admin', { id })])
    expect((await person(admin)).isBlocked).toBe(false)
  })

  it('/limits tells the rules, tells of a person, and changes theirs', async () => {
    const general = { access: 'open', free: 10, above: 'nothing', waitS: 60, perMinute: 30, perDay: 500 }
    expect(await say(admin, '/limits')).toEqual([text('en', 'limits-rules', general)])
    await redis.hset(keys.person(BOT_ID, alice.id), { used: 4, bonus: 5 })
    const of = { id: String(alice.id), used: 4, allowed: 15, bonus: 5, paid: 'no', blocked: 'no', total: 0 }
    const tell = (more: object) => [text('en', 'limits-person', { ...of, ...more })]
    expect(await say(admin, `/limits ${alice.id}`)).toEqual(tell({}))
    expect(await say(admin, `/limits ${alice.id} free 20`)).toEqual(tell({ allowed: 25 }))
    expect(await say(admin, `/limits ${alice.id} paid on`)).toEqual(tell({ allowed: 0, paid: 'yes' }))
    expect(await say(admin, `/limits ${alice.id} paid off`)).toEqual(tell({ allowed: 25 }))
    expect(await say(admin, `/limits ${alice.id} free default`)).toEqual(tell({}))
    expect(await say(admin, `/limits ${alice.id} free`)).toEqual([text('en', 'limits-usage')])
    // What a test gives her, which she does not meet by it; an admin's own word comes before it.
    const test = vi.spyOn(state.experiments, 'freeOf').mockResolvedValue(7)
    const meet = vi.spyOn(state.experiments, 'meet')
    expect(await say(admin, `/limits ${alice.id}`)).toEqual(tell({ allowed: 12 }))
    expect(await say(admin, `/limits ${alice.id} free 20`)).toEqual(tell({ allowed: 25 }))
    expect(test).toHaveBeenCalledWith(BOT_ID, alice.id)
    expect(meet).not.toHaveBeenCalled()
    vi.restoreAllMocks()
  })

  const forward = { type: 'user', date: 1, sender_user: { id: 1, is_bot: false, first_name: 'x' } } as const
  describe.each([
    '/block 999',
    '/unblock 999',
    '/limits',
    '/limits 999 paid on',
    '/admin_analytics',
    '/admin_funnel',
  ])('%s', (words) => {
    it.each<[string, () => Promise<string[]>, string[]]>([
      ['of somebody else is words like any others', () => say(alice, words), [text('en', 'help')]],
      ['of somebody else in a group is nothing', () => say(alice, words, {}, groupId), []],
      ['that an admin forwards', () => say(admin, words, { forward_origin: forward }), [text('en', 'help')]],
      [
        'of an anonymous admin',
        () => say(admin, words, { sender_chat: { id: groupId, type: 'supergroup', title: 'g' } }, groupId),
        [],
      ],
      [
        'of a channel',
        () =>
          say(
            { ...admin, id: 777000 },
            words,
            { sender_chat: { id: -200, type: 'channel', title: 'c' } },
            groupId,
          ),
        [],
      ],
      ['of a bot with an admin’s id', () => say({ ...admin, is_bot: true }, words, {}, groupId), []],
      ['for another bot', () => say(admin, words.replace(/^\/\w+/, '$&@other_bot')), [text('en', 'help')]],
    ])('%s', async (_name, act, answers) => {
      await redis.del(keys.person(BOT_ID, 999))
      expect(await act()).toEqual(answers)
      expect(await redis.exists(keys.person(BOT_ID, 999))).toBe(0)
      expect(await state.queues.queue('report').getJobCountByTypes('waiting')).toBe(0)
    })
  })
})

describe('who is let in', () => {
  it('an allowlist answers everybody else kindly, and /privacy all the same', async () => {
    people = rules({ ACCESS: 'allowlist' })
    for (const words of ['/start', '/help', '/stats', '/quality', '/cancel', '/referral'])
      expect(await say(alice, words), words).toEqual([text('en', 'failure-not_allowed')])
    expect(await say(alice, '/privacy')).toEqual([text('en', 'privacy', { months: 12 })])
    people = rules({ ACCESS: 'allowlist', ALLOWED_USER_IDS: `${alice.id}` })
    expect(await say(alice, '/help')).toEqual([text('en', 'help')])
    expect(await say(admin, '/help')).toEqual([text('en', 'help')])
  })

  it('an invitation is somebody’s own link, and lets in for good', async () => {
    people = rules({ ACCESS: 'invite' })
    await redis.hset(keys.person(BOT_ID, admin.id), 'firstSeenMs', 1)
    const code = await state.referrals.codeOf(BOT_ID, admin.id)
    for (const words of ['/start', '/start ref_ZZZZZZZZZZ', '/start spring', '/help'])
      expect(await say(alice, words), words).toEqual([text('en', 'failure-not_invited')])
    expect(await say(alice, `/start ref_${code}`)).toEqual([text('en', 'start')])
    expect(await say(alice, '/help')).toEqual([text('en', 'help')])
  })

  it('who is blocked hears it, in a private chat only, and no button of theirs does anything', async () => {
    await state.people.change(BOT_ID, alice.id, { isBlocked: true })
    expect(await say(alice, '/start')).toEqual([text('en', 'failure-blocked')])
    const group = world.addSupergroup({ title: 'g', users: [alice] })
    expect(await say(alice, '/help@clipferry_bot', {}, group.id)).toEqual([])
    await state.preferences.set(BOT_ID, alice.id, 'v720')
    await redis.hset(keys.request('BLCK01'), {
      ticket: 'BLCK01',
      botId: BOT_ID,
      chatId: alice.id,
      userId: alice.id,
    })
    const bot = await botWith()
    for (const data of ['quality:forget', 'cancel:BLCK01'])
      await bot.handleUpdate({
        update_id: updateId++,
        callback_query: {
          id: String(updateId),
          from: alice,
          chat_instance: '1',
          data,
          message: messageTo(alice),
        },
      })
    await replies.settled()
    expect(await state.preferences.get(BOT_ID, alice.id)).toBe('v720')
    const jobs = await state.queues.queue('intake').getJobs(['waiting', 'prioritized'])
    expect(jobs.filter(({ data }) => data.ticket === 'BLCK01')).toEqual([])
  })
})

const messageTo = ({ id, first_name }: User) => ({
  ...{ message_id: 1, date: 1, text: 'x' },
  chat: { id, type: 'private' as const, first_name },
})

describe('what is noted', () => {
  it('a command begins a session at its time, and says which feature', async () => {
    const date = Math.floor(Date.UTC(2026, 5, 1) / 1000)
    await say(alice, '/help', { date })
    await say(alice, '/stats', { date: date + 1800 })
    await say(alice, '/cancel', { date: date + 1800 + 1801 })
    const all = await events(alice)
    expect(all.filter(({ name }) => name === 'session_start')).toMatchObject(
      [
        { ordinal: 1, atMs: date * 1000, language: 'en' },
        { ordinal: 2, atMs: (date + 3601) * 1000, daysSinceLast: 0 },
      ].reverse(),
    )
    const used = all.flatMap((event) => (event.name === 'feature_used' ? [event.feature] : []))
    expect(used.sort()).toEqual(['cancel', 'help', 'stats'])
  })

  it('a press of one’s own is an action, now; one on somebody else’s ticket, and words, are none', async () => {
    await redis.hset(keys.request('SEEN01'), {
      ticket: 'SEEN01',
      botId: BOT_ID,
      chatId: alice.id,
      userId: alice.id,
    })
    const boris = world.addUser({ firstName: 'B', languageCode: 'pt-br' })
    world.openPrivateChat(boris)
    const bot = await botWith()
    const press = (from: User) =>
      bot.handleUpdate({
        update_id: updateId++,
        callback_query: {
          ...{ id: String(updateId), from, chat_instance: '1', data: 'cancel:SEEN01' },
          message: messageTo(alice),
        },
      })
    await press(boris)
    await say(boris, 'hello', { entities: [] })
    expect(await events(boris)).toEqual([])
    const before = Date.now()
    await press(alice)
    const [session] = (await events(alice)).filter(({ name }) => name === 'session_start')
    expect(session?.atMs).toBeGreaterThanOrEqual(before - 1000)
    await say(boris, '/help')
    expect(await events(boris)).toContainEqual(
      expect.objectContaining({ name: 'session_start', language: 'pt-br' }),
    )
  })

  it('the words of a survey are an action', async () => {
    await redis.hset(keys.person(BOT_ID, alice.id), 'delivered', 10)
    const askedAtMs = (await state.surveys.begin(BOT_ID, alice.id)) ?? 0
    await state.surveys.answer(BOT_ID, alice.id, askedAtMs, { step: 'pmf', value: 'very' })
    await state.surveys.answer(BOT_ID, alice.id, askedAtMs, { step: 'usefulFor', value: 'audio' })
    expect(await say(alice, 'More cats', { entities: [] })).toEqual([text('en', 'survey-thanks')])
    const names = (await events(alice)).map(({ name }) => name)
    expect(names.sort()).toEqual(['session_start', 'survey_completed'])
  })

  it.each(['private', 'supergroup'] as const)('the button of an ad is an action, %s', async (type) => {
    const chatId = type === 'private' ? alice.id : groupId
    const ticket = type === 'private' ? 'ADSEEN1' : 'ADSEEN2'
    await redis.hset(keys.request(ticket), {
      ...{ ticket, botId: BOT_ID, chatId, userId: alice.id },
      ...{ adMessageId: 1, adCampaign: 3, adRound: 1, adText: 'Tea', adUrl: 'https://tea.example/' },
    })
    const bot = await botWith()
    const chat =
      type === 'private'
        ? { id: chatId, type, first_name: alice.first_name }
        : { id: chatId, type, title: 'g' }
    await bot.handleUpdate({
      update_id: updateId++,
      callback_query: {
        ...{ id: String(updateId), from: alice, chat_instance: '1', data: `ad:${ticket}` },
        message: { message_id: 1, date: 1, text: 'x', chat },
      },
    })
    await replies.settled()
    const names = (await events(alice)).map(({ name }) => name)
    expect(names.sort()).toEqual(['ad_clicked', 'session_start'])
  })

  it('an update that comes again is the same events', async () => {
    const id = updateId
    await say(alice, '/help')
    const all = await events(alice)
    updateId = id
    await say(alice, '/help')
    expect(await events(alice)).toEqual(all)
  })
})

describe('/stats', () => {
  const stats = (total: number, today: number, thisMonth: number, rest: string) => [
    `${text('en', 'stats', { total, today, thisMonth })}\n\n${rest}`,
  ]

  it('counts the files, and how many more are free', async () => {
    expect(await say(alice, '/stats')).toEqual(
      stats(0, 0, 0, text('en', 'stats-free', { left: 10, allowed: 10 })),
    )
    await redis.set(keys.downloadsTotal(alice.id), 12)
    await redis.hset(keys.person(BOT_ID, alice.id), { used: 4, bonus: 5 })
    expect(await say(alice, '/stats')).toEqual(
      stats(12, 0, 0, text('en', 'stats-free', { left: 11, allowed: 15 })),
    )
    await redis.hset(keys.person(BOT_ID, alice.id), { used: 40 })
    expect(await say(alice, '/stats')).toEqual(
      stats(12, 0, 0, text('en', 'stats-free', { left: 0, allowed: 15 })),
    )
  })

  it.each([
    [{}, 1],
    [{ isPaid: true }, 0],
    [{ freeLimit: 3 }, 0],
  ])('only who has no limit of their own meets a test of it: %j', async (change, times) => {
    await state.people.change(BOT_ID, alice.id, change)
    const meet = vi.spyOn(state.experiments, 'meet')
    await say(alice, '/stats')
    await say(admin, '/stats')
    expect(meet).toHaveBeenCalledTimes(times)
    meet.mockRestore()
  })

  it.each<[string, () => Promise<unknown> | unknown]>([
    ['who has paid', () => state.people.change(BOT_ID, alice.id, { isPaid: true })],
    ['who was given that', () => state.people.change(BOT_ID, alice.id, { freeLimit: 0 })],
    ['everybody, where nothing is limited', () => (people = rules({ FREE_DOWNLOADS: '0' }))],
  ])('says that there is no limit for %s', async (_name, given) => {
    await given()
    expect(await say(alice, '/stats')).toEqual(stats(0, 0, 0, text('en', 'stats-no-limit')))
  })
})
