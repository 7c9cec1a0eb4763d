import type { User } from 'grammy/types'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { AnalyticsEvent } from '../../queues/event.ts'
import { IntakeData } from '../../queues/stages/intake.ts'
import { createState } from '../../queues/state.ts'
import { createBotApi } from '../playground/bot-api/create-bot-api.ts'
import { testDir, testRedis } from '../playground/testing/services.ts'
import { readConfig } from '../shared/config.ts'
import { createLogger } from '../shared/logger.ts'
import { createMessages } from '../shared/messages/messages.ts'
import { createTelegram } from '../shared/telegram/create-telegram.ts'
import { createBotStore } from './bot-store.ts'
import { createBot } from './create-bot.ts'
import { createGrowthStore } from './growth-store.ts'
import { createOneMoment } from './one-moment.ts'
import { createReplies } from './replies.ts'
import { createUpdatePoller } from './update-poller.ts'

const BOT_ID = 4242
const TOKEN = `${BOT_ID}:${'x'.repeat(35)}`
const { redis, prefix } = await testRedis()
const server = await createBotApi({
  mode: 'cloud',
  dir: await testDir(),
  bots: [{ token: TOKEN, username: 'clipferry_bot', firstName: 'Clipferry' }],
  flood: 'telegram',
})
const { world } = server
const apiUrl = await server.listen()

const log = createLogger('silent', 'test')
const messages = createMessages()
const { text } = messages
const state = createState(redis, prefix)
const { keys, queues, preferences } = state
const telegram = createTelegram({ token: TOKEN, apiUrl, mode: 'cloud', redis, prefix, holdMs: 1500 })
const replies = createReplies(log)
const refresh = vi.fn(async (_ticket: string) => undefined)
const deps = {
  botId: BOT_ID,
  store: createBotStore({ ...state, refresh }),
  messages,
  replies,
  log,
  allowOrigins: ['http://127.0.0.1:8099'],
  people: readConfig(['people'], { ADMIN_USER_IDS: '777' }),
  eventsKeepMonths: 12,
  growth: createGrowthStore(state),
  timeZone: 'UTC',
}
const bot = createBot(TOKEN, telegram, deps)
const poller = createUpdatePoller({ bot, oneMoment: createOneMoment(telegram.api, messages, log), log })

let alice: User
let boris: User
beforeAll(async () => {
  await bot.init()
  void poller.run()
})
beforeEach(() => {
  alice = world.addUser({ firstName: 'Alice', languageCode: 'en' })
  boris = world.addUser({ firstName: 'Борис', languageCode: 'ru' })
  for (const user of [alice, boris]) world.openPrivateChat(user)
})
afterAll(async () => {
  await poller.stop()
  await replies.settled()
  await server.close()
  await queues.close()
})

const jobsOf = async (name: 'intake' | 'analytics') =>
  await queues.queue(name).getJobs(['waiting', 'prioritized'])
const intakes = async () =>
  (await jobsOf('intake')).map(({ id, data }) => ({ id, data: IntakeData.parse(data) }))
const events = async () =>
  (await jobsOf('analytics')).flatMap(({ data }) =>
    data.events.map((event: unknown) => AnalyticsEvent.parse(event)),
  )
const linkJobs = async (userId: number) =>
  (await intakes()).flatMap(({ id, data }) =>
    data.kind === 'links' && data.asker.userId === userId ? [{ id, data }] : [],
  )
const said = (chat: number) => world.messages(chat).flatMap((m) => (m.from?.is_bot ? [m.text] : []))
const isSaid = (chat: number, expected: string) =>
  vi.waitFor(() => expect(said(chat)).toContain(expected), 30_000)
/** Everything before it has been handled. */
const isHandled = async (user: User, say = '/help') => {
  const before = said(user.id).length
  world.sendText(user, user.id, say)
  await vi.waitFor(() => expect(said(user.id).length).toBeGreaterThan(before), 30_000)
}

describe('commands', () => {
  it('/start greets, in the language of the person, and says where they come from', async () => {
    const code = await state.referrals.codeOf(BOT_ID, alice.id)
    world.sendText(alice, alice.id, '/start')
    world.sendText(boris, boris.id, `/start ref_${code}`)
    await isSaid(alice.id, text('en', 'start'))
    await isSaid(boris.id, text('ru', 'start'))
    const all = await events()
    const named = (name: string) => all.filter((event) => event.name === name)
    expect(named('bot_start').filter(({ userId }) => userId === alice.id)).toMatchObject([
      { source: 'organic', referrerId: null, isNew: true, language: 'en' },
    ])
    expect(named('bot_start').filter(({ userId }) => userId === boris.id)).toMatchObject([
      { source: 'referral', referrerId: alice.id, isNew: true },
    ])
    expect(named('user_referred').filter(({ userId }) => userId === alice.id)).toMatchObject([
      { referredUserId: boris.id },
    ])
    world.sendText(alice, alice.id, '/referral')
    const link = `https://t.me/clipferry_bot?start=ref_${code}`
    await isSaid(alice.id, text('en', 'referral', { link, came: 1, counted: 0, bonus: 0, each: 5 }))
  })

  it('/cancel stops what there is in this chat, and says how much', async () => {
    world.sendText(alice, alice.id, '/cancel')
    await isSaid(alice.id, text('en', 'cancel-none'))
    for (const [ticket, chatId] of [
      ['AAAAA1', alice.id],
      ['AAAAA2', alice.id],
      ['AAAAA3', -5],
    ] as const) {
      await redis.hset(keys.request(ticket), { ticket, chatId })
      await redis.sadd(keys.active(BOT_ID, alice.id), ticket)
    }
    world.sendText(alice, alice.id, '/cancel')
    await isSaid(alice.id, text('en', 'cancel-done', { count: 2 }))
    const cancels = (await intakes()).filter(({ data }) => data.kind === 'cancel_all')
    expect(cancels.map(({ data }) => data)).toContainEqual({
      kind: 'cancel_all',
      botId: BOT_ID,
      chatId: alice.id,
      userId: alice.id,
    })
  })

  it('/quality shows the standing choice and forgets it', async () => {
    world.sendText(alice, alice.id, '/quality')
    await isSaid(alice.id, text('en', 'quality-none'))
    await preferences.set(BOT_ID, alice.id, 'v720')
    world.sendText(alice, alice.id, '/quality')
    const current = text('en', 'quality-current', { format: text('en', 'format-video', { height: 720 }) })
    await isSaid(alice.id, current)
    const shown = world.messages(alice.id).find((message) => message.text === current)
    const [[button] = []] = shown?.reply_markup?.inline_keyboard ?? []
    const data = button && 'callback_data' in button ? button.callback_data : ''
    const answer = await world.pressButton(alice, alice.id, shown?.message_id ?? 0, data)
    expect(answer?.text).toBe(text('en', 'quality-cleared'))
    expect(await preferences.get(BOT_ID, alice.id)).toBeNull()
  })
})

describe('links', () => {
  it('of one message become one job, canonical and each once', async () => {
    const messageId = world.sendText(
      alice,
      alice.id,
      'https://youtu.be/dQw4w9WgXcQ?si=1 and https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=5, https://example.com/b http://127.0.0.1:8099/clip',
    )
    await vi.waitFor(async () => expect(await linkJobs(alice.id)).toHaveLength(1), 30_000)
    const [job] = await linkJobs(alice.id)
    expect(job?.id).toMatch(/^u4242-\d+$/)
    expect(job?.data).toMatchObject({
      origin: job?.id,
      links: [
        'https://www.youtube.com/watch?v=dQw4w9WgXcQ',
        'https://example.com/b',
        'http://127.0.0.1:8099/clip',
      ],
      asker: {
        botId: BOT_ID,
        chatId: alice.id,
        chatType: 'private',
        threadId: null,
        userId: alice.id,
        language: 'en',
        messageId,
      },
    })
    await isHandled(alice)
    expect(said(alice.id)).toEqual([text('en', 'help')])
  })

  it('line up behind everybody’s first ones; what is pressed waits for nobody, /cancel for one’s own', async () => {
    for (const _ of [1, 2]) world.sendText(alice, alice.id, 'https://example.com/a https://example.com/b')
    await isHandled(alice, '/cancel')
    world.sendText(boris, boris.id, 'https://example.com/a')
    await isHandled(boris)
    const priorities = async (id: number) =>
      (await jobsOf('intake'))
        .filter(({ data }) => data.asker?.userId === id || data.userId === id)
        .map(({ priority }) => priority)
        .sort((a, b) => a - b)
    const [hers, his] = [await priorities(alice.id), await priorities(boris.id)]
    expect(hers.map((priority) => priority - (hers[0] ?? 0))).toEqual([0, 2, 4])
    expect(his).toEqual([hers[0]])
  })

  it.each([
    ['http://169.254.169.254/latest', 'failure-link_private_address'],
    ['http://127.0.0.1:8098/clip', 'failure-link_private_address'],
    ['https://user:pass@example.com/', 'failure-link_credentials'],
    ['ftp://example.com/file', 'failure-link_scheme'],
    [`https://example.com/${'a'.repeat(2100)}`, 'failure-link_too_long'],
    ['https://example.com/#__youtubedl_smuggle', 'failure-link_malformed'],
  ] as const)('%s is refused at once', async (link, key) => {
    world.sendText(boris, boris.id, link)
    await isSaid(boris.id, text('ru', key))
    expect(await linkJobs(boris.id)).toEqual([])
  })

  it('some good, some bad: the good ones go on, the person hears of the others', async () => {
    world.sendText(alice, alice.id, 'https://example.com/good http://10.0.0.1/bad')
    const reason = text('en', 'failure-link_private_address')
    await isSaid(alice.id, text('en', 'links-refused', { count: 1, reason }))
    const [job] = await linkJobs(alice.id)
    expect(job?.data.links).toEqual(['https://example.com/good'])
  })

  it('more than ten are cut', async () => {
    const many = Array.from({ length: 12 }, (_, i) => `https://example.com/${i}`)
    world.sendText(alice, alice.id, many.join('\n'))
    await isSaid(alice.id, text('en', 'links-cut', { count: 10 }))
    expect((await linkJobs(alice.id))[0]?.data.links).toEqual(many.slice(0, 10))
  })

  it('an update that comes again is the same job', async () => {
    const update = {
      update_id: 990_001,
      message: {
        message_id: 5,
        date: 1,
        chat: { id: alice.id, type: 'private' as const, first_name: 'Alice' },
        from: alice,
        caption: 'look',
        caption_entities: [
          { type: 'text_link' as const, offset: 0, length: 4, url: 'https://example.com/x' },
        ],
      },
    }
    await Promise.all(Array.from({ length: 20 }, () => bot.handleUpdate(update)))
    expect(await linkJobs(alice.id)).toMatchObject([
      { id: 'u4242-990001', data: { links: ['https://example.com/x'] } },
    ])
  })

  it('words get help in a private chat; edited messages get nothing', async () => {
    const messageId = world.sendText(alice, alice.id, 'hello there')
    await isSaid(alice.id, text('en', 'help'))
    world.editText(alice, alice.id, messageId, 'https://example.com/edited')
    await isHandled(alice, '/start')
    expect(await linkJobs(alice.id)).toEqual([])
  })

  it('in a group: links are taken, words and refusals are not answered unless they are for us', async () => {
    const group = world.addSupergroup({ title: 'Film club', users: [alice, boris], topics: [7] })
    world.sendText(alice, group, 'nice weather')
    world.sendText(alice, group, 'http://10.0.0.1/')
    world.sendText(alice, group, '/help@other_bot')
    const linkId = world.sendText(alice, group, 'https://example.com/group', { threadId: 7 })
    await vi.waitFor(async () => expect(await linkJobs(alice.id)).toHaveLength(1), 30_000)
    expect((await linkJobs(alice.id))[0]?.data.asker).toMatchObject({
      chatId: group.id,
      chatType: 'supergroup',
      threadId: 7,
      messageId: linkId,
    })
    world.sendText(boris, group, '@clipferry_bot http://10.0.0.1/')
    await isSaid(group.id, text('ru', 'failure-link_private_address'))
    expect(said(group.id)).toHaveLength(1)
  })
})

describe('buttons', () => {
  let ticket = ''
  let messageId = 0
  let number = 0
  beforeEach(async () => {
    ticket = `BTN${String(++number).padStart(3, '0')}`
    await redis.hset(keys.request(ticket), { ticket, botId: BOT_ID, chatId: alice.id, userId: alice.id })
    messageId = (await telegram.api.sendMessage(alice.id, 'ticket')).message_id
  })
  const press = async (data: string) => (await world.pressButton(alice, alice.id, messageId, data))?.text
  const jobsOfTicket = async () =>
    (await intakes()).flatMap(({ data }) => ('ticket' in data && data.ticket === ticket ? [data] : []))

  it.each([
    ['pick:TICKET:v720', { kind: 'choice', format: 'v720' }, 'toast-accepted'],
    ['cancel:TICKET', { kind: 'cancel' }, 'toast-cancelling'],
    ['retry:TICKET', { kind: 'retry' }, 'toast-retrying'],
    ['other:TICKET', { kind: 'other' }, 'toast-accepted'],
  ] as const)('%s is a job', async (data, job, toast) => {
    expect(await press(data.replace('TICKET', ticket))).toBe(text('en', toast))
    expect(await jobsOfTicket()).toEqual([{ ...job, ticket }])
    const clicks = (await events()).filter(
      (event) => event.name === 'view_clicked' && event.ticket === ticket,
    )
    expect(clicks).toMatchObject([{ button: data.split(':')[0], userId: alice.id }])
  })

  it('keep turns the standing choice on and off, and shows it', async () => {
    expect(await press(`keep:${ticket}`)).toBe(text('en', 'toast-remember-on'))
    expect(await redis.hget(keys.request(ticket), 'remember')).toBe('1')
    expect(await press(`keep:${ticket}`)).toBe(text('en', 'toast-remember-off'))
    expect(await redis.hget(keys.request(ticket), 'remember')).toBe('0')
    expect(refresh.mock.calls.filter(([shown]) => shown === ticket)).toHaveLength(2)
    expect(await jobsOfTicket()).toEqual([])
  })

  it("a stranger's press does nothing", async () => {
    const group = world.addGroup({ title: 'Film club', users: [alice, boris] })
    await redis.hset(keys.request(ticket), { chatId: group.id })
    messageId = (await telegram.api.sendMessage(group.id, 'ticket')).message_id
    for (const data of ['cancel', 'retry', 'keep', 'other', 'pick'])
      expect(
        (
          await world.pressButton(
            boris,
            group,
            messageId,
            `${data}:${ticket}${data === 'pick' ? ':v720' : ''}`,
          )
        )?.text,
      ).toBe(text('ru', 'toast-not-yours'))
    expect(await jobsOfTicket()).toEqual([])
    expect(await redis.hget(keys.request(ticket), 'remember')).toBeNull()
  })

  it.each(['cancel:ZZZZZZ', 'cancel:TICKET:x', 'pick:TICKET:v0', 'nonsense', 'resume:TICKET'])(
    '%s has expired',
    async (data) => {
      expect(await press(data.replace('TICKET', ticket))).toBe(text('en', 'toast-expired'))
      expect(await jobsOfTicket()).toEqual([])
    },
  )

  it('a ticket of another chat, or of another bot, has expired', async () => {
    await redis.hset(keys.request(ticket), { chatId: -77 })
    expect(await press(`cancel:${ticket}`)).toBe(text('en', 'toast-expired'))
    await redis.hset(keys.request(ticket), { chatId: alice.id, botId: 1 })
    expect(await press(`cancel:${ticket}`)).toBe(text('en', 'toast-expired'))
    expect(await jobsOfTicket()).toEqual([])
  })
})
