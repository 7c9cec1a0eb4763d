import { GrammyError } from 'grammy'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { AnalyticsEvent } from '../../queues/event.ts'
import type { Request } from '../../queues/request.ts'
import { createState } from '../../queues/state.ts'
import { testRedis } from '../../src/playground/testing/services.ts'
import { createMessages } from '../../src/shared/messages/messages.ts'
import type { Telegram } from '../../src/shared/telegram/create-telegram.ts'
import { ConnectionFault, GateBusy } from '../../src/shared/telegram/telegram-error.ts'
import { Postpone } from '../postpone.ts'
import { testContext } from '../test-context.ts'
import { createHandler } from './handler.ts'

const BOT = 7
const { redis, prefix } = await testRedis()
const state = createState(redis, prefix)
const { keys, queues, requests } = state
afterAll(() => queues.close())

const messages = createMessages()
let messageId = 100
const sendMessage = vi.fn(async (_chat: number, _text: string, _more?: object) => ({
  message_id: ++messageId,
}))
beforeEach(async () => {
  sendMessage.mockClear()
  await redis.set(keys.ads, JSON.stringify([ad(1)]))
})
const telegram = { api: { sendMessage } } as unknown as Telegram
const handlerWith = (rules: Partial<{ ABOVE_FREE: 'ad' | 'nothing'; SURVEY: 'on' | 'off' }> = {}) =>
  createHandler({
    ...state,
    telegram,
    messages,
    rules: { ABOVE_FREE: 'ad', SURVEY: 'on', ...rules },
    random: () => 0,
  })

const ad = (id: number) => ({
  ...{ id, weight: 1, message: 'A word', buttonText: 'Look', buttonUrl: 'https://example.com/' },
})
let lastId = 1000
/** A delivery, with what stands in the hash of its person. */
async function delivery(fields: Record<string, string | number> = {}, person: Record<string, number> = {}) {
  const userId = ++lastId
  const asker = { botId: BOT, chatId: userId, chatType: 'private', threadId: null, language: 'en' } as const
  const ticket = await requests.create({ ...asker, userId, messageId: 1 }, `u${userId}`, 'h', 1)
  await redis.hset(keys.request(ticket), { state: 'delivered', ...fields })
  await redis.hset(keys.person(BOT, userId), { firstSeenMs: 1, ...person })
  return { ticket, userId }
}
const after = (ticket: string, { handler = handlerWith(), round = 1, addedAtMs = Date.now() } = {}) =>
  handler({ data: { ticket, round }, input: null }, testContext({ addedAtMs }))
const events = async (name: string, userId: number) =>
  (await queues.queue('analytics').getJobs(['waiting', 'prioritized']))
    .flatMap(({ data }) => data.events.map((event: unknown) => AnalyticsEvent.parse(event)))
    .filter((event) => event.name === name && event.userId === userId)
const claimed = async (ticket: string, field: keyof Request | 'adRound') =>
  redis.hget(keys.request(ticket), field)

test('an ordinary delivery is followed by nothing; nor is one of another round, or of nobody', async () => {
  const { ticket } = await delivery()
  expect(await after(ticket)).toEqual({ done: [] })
  const above = await delivery({ above: '1' }, { delivered: 20 })
  expect(await after(above.ticket, { round: 2 })).toEqual({ done: [] })
  expect(await after('ZZZZZZZZ')).toEqual({ done: [] })
  const cancelled = await delivery({ above: '1', state: 'cancelled' }, { delivered: 20 })
  expect(await after(cancelled.ticket)).toEqual({ done: [] })
  expect(sendMessage).not.toHaveBeenCalled()
})

test('it waits for the end of the delivery', async () => {
  const { ticket } = await delivery({ above: '1', state: 'delivering' })
  await expect(after(ticket)).rejects.toThrow(Postpone)
  expect(sendMessage).not.toHaveBeenCalled()
})

test('above the free limit an ad follows, once, and is counted when Telegram has it', async () => {
  const { ticket, userId } = await delivery({ above: '1' })
  expect(await after(ticket)).toEqual({ done: ['ad'] })
  expect(sendMessage).toHaveBeenCalledOnce()
  expect(sendMessage.mock.calls[0]?.slice(0, 3)).toMatchObject([
    userId,
    `A word\n\n${messages.text('en', 'ad-mark')}`,
    { reply_markup: { inline_keyboard: [[{ text: 'Look', callback_data: `ad:${ticket}` }]] } },
  ])
  // Again: the event may have been lost, the message was not.
  await after(ticket)
  expect(sendMessage).toHaveBeenCalledOnce()
  expect(await events('ad_shown', userId)).toMatchObject([{ ticket, campaignId: 1 }])
})

test('without ads, or where the policy is another one by now, nothing is shown', async () => {
  const { ticket } = await delivery({ above: '1' })
  expect(await after(ticket, { handler: handlerWith({ ABOVE_FREE: 'nothing' }) })).toEqual({ done: [] })
  await redis.set(keys.ads, 'broken')
  expect(await after(ticket)).toEqual({ done: [] })
  await redis.set(keys.ads, JSON.stringify([{ ...ad(1), weight: 0 }]))
  expect(await after(ticket)).toEqual({ done: [] })
  expect(sendMessage).not.toHaveBeenCalled()
})

test('a gate that is busy is waited for, but not for ever', async () => {
  const { ticket, userId } = await delivery({ above: '1' }, { delivered: 10 })
  sendMessage.mockRejectedValueOnce(new GateBusy(4000)).mockRejectedValueOnce(new GateBusy(9000))
  await expect(after(ticket)).rejects.toMatchObject({ waitMs: 4000 })
  // Both were tried, and nothing is claimed.
  expect(sendMessage).toHaveBeenCalledTimes(2)
  expect(await claimed(ticket, 'adRound')).toBeNull()
  sendMessage.mockRejectedValueOnce(new GateBusy(4000))
  expect(await after(ticket, { addedAtMs: Date.now() - 31 * 60_000 })).toEqual({ done: ['survey'] })
  expect(await events('ad_shown', userId)).toEqual([])
})

test.each([
  ['a lost answer', new ConnectionFault('sendMessage', 'ECONNRESET', false)],
  [
    'a person who has blocked us',
    new GrammyError(
      'x',
      { ok: false, error_code: 403, description: 'Forbidden: bot was blocked by the user' },
      'sendMessage',
      {},
    ),
  ],
])('%s is the end of it: nothing is said twice, nothing counted', async (_what, error) => {
  const { ticket, userId } = await delivery({ above: '1' })
  sendMessage.mockRejectedValueOnce(error)
  expect(await after(ticket)).toEqual({ done: [] })
  expect(await after(ticket)).toEqual({ done: [] })
  expect(sendMessage).toHaveBeenCalledOnce()
  expect(await events('ad_shown', userId)).toEqual([])
})

test('a test on ads chooses among campaigns, or the words', async () => {
  await redis.set(keys.ads, JSON.stringify([ad(1), ad(2)]))
  const config = { campaigns: [2], message: 'Other words' }
  const running = { subject: 'ads', name: 'words', variants: [{ name: 'b', share: 100, config }] }
  await redis.set(keys.experiments, JSON.stringify([running]))
  const fresh = createState(redis, prefix)
  const handler = createHandler({ ...fresh, telegram, messages, rules: { ABOVE_FREE: 'ad', SURVEY: 'off' } })
  const { ticket, userId } = await delivery({ above: '1' })
  expect(await after(ticket, { handler })).toEqual({ done: ['ad'] })
  expect(sendMessage.mock.calls[0]?.[1]).toMatch(/^Other words\n/)
  expect(await events('ad_shown', userId)).toMatchObject([{ campaignId: 2 }])
  expect(await events('experiment_seen', userId)).toMatchObject([{ test: 'words', variant: 'b' }])
  await redis.del(keys.experiments)
  await fresh.queues.close()
})

test('the survey comes after the tenth file or a limit, in private, where it is wanted, once', async () => {
  const tenth = await delivery({}, { delivered: 10 })
  expect(await after(tenth.ticket, { handler: handlerWith({ SURVEY: 'off' }) })).toEqual({ done: [] })
  expect(await after(tenth.ticket)).toEqual({ done: ['survey'] })
  expect(await after(tenth.ticket)).toEqual({ done: [] })
  expect(sendMessage).toHaveBeenCalledOnce()
  expect(sendMessage.mock.calls[0]?.slice(0, 2)).toEqual([tenth.userId, messages.text('en', 'survey-pmf')])
  const refused = await delivery({ state: 'failed', failure: 'limit_reached' }, { reached: 3 })
  expect(await after(refused.ticket)).toEqual({ done: ['survey'] })
  const group = await delivery({ chatType: 'supergroup', chatId: -5 }, { delivered: 10 })
  expect(await after(group.ticket)).toEqual({ done: [] })
})

test('who brought somebody gets the bonus once, and hears of it in their own language', async () => {
  const boris = await delivery({}, {})
  await redis.hset(keys.person(BOT, boris.userId), 'language', 'ru')
  const { ticket, userId } = await delivery({}, { referrerId: boris.userId, bonusDue: 5 })
  // Telegram is busy: it is given, and said later.
  sendMessage.mockRejectedValueOnce(new GateBusy(1000))
  await expect(after(ticket)).rejects.toThrow(Postpone)
  const bonus = () => redis.hget(keys.person(BOT, boris.userId), 'bonus')
  expect(await bonus()).toBe('5')
  expect(await after(ticket)).toEqual({ done: ['bonus'] })
  expect(await after(ticket)).toEqual({ done: [] })
  expect(sendMessage.mock.calls.map(([chat, text]) => [chat, text]).slice(1)).toEqual([
    [boris.userId, messages.text('ru', 'bonus-granted', { amount: 5 })],
  ])
  expect(await bonus()).toBe('5')
  expect(await events('bonus_granted', boris.userId)).toMatchObject([{ referredUserId: userId, amount: 5 }])
})

test('a bonus that comes hours after the start waits, and holds up nothing else', async () => {
  const boris = await delivery({}, {})
  const fromMs = Date.now() + 3_600_000
  const { ticket } = await delivery(
    {},
    { referrerId: boris.userId, bonusDue: 5, bonusFromMs: fromMs, delivered: 10 },
  )
  await expect(after(ticket)).rejects.toThrow(/postponed by 3[56]\d{5} ms/)
  expect(sendMessage).toHaveBeenCalledOnce()
  expect(await redis.hget(keys.person(BOT, boris.userId), 'bonus')).toBeNull()
})

test.each(['granted', 'claimed', 'sent'] as const)(
  'a worker that dies at %s gives and counts nothing twice',
  async (place) => {
    const boris = await delivery()
    const { ticket, userId } = await delivery(
      { above: '1' },
      { referrerId: boris.userId, bonusDue: 5, delivered: 10 },
    )
    const dying = (name: string) => {
      if (name === place) throw new Error('killed')
    }
    const run = (failPoint?: typeof dying) =>
      handlerWith()({ data: { ticket, round: 1 }, input: null }, testContext(failPoint ? { failPoint } : {}))
    await expect(run(dying)).rejects.toThrow('killed')
    await run()
    await run()
    expect(await redis.hmget(keys.person(BOT, boris.userId), 'bonus', 'counted')).toEqual(['5', '1'])
    expect(await events('bonus_granted', boris.userId)).toHaveLength(1)
    // Of what was claimed when it died, nobody knows whether it was said.
    const chats = sendMessage.mock.calls.map(([chat]) => chat)
    expect(chats.filter((chat) => chat === boris.userId)).toHaveLength(place === 'claimed' ? 0 : 1)
    expect(chats.filter((chat) => chat === userId)).toHaveLength(place === 'claimed' ? 0 : 2)
    expect(await events('ad_shown', userId)).toHaveLength(place === 'granted' ? 1 : 0)
  },
)
