import { InputFile } from 'grammy'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Request } from '../../queues/request.ts'
import { createState } from '../../queues/state.ts'
import { createBotApi } from '../../src/playground/bot-api/create-bot-api.ts'
import type { Fault } from '../../src/playground/bot-api/faults.ts'
import { testBucket, testDir, testRedis } from '../../src/playground/testing/services.ts'
import { createArtifacts } from '../../src/shared/artifacts/create-artifacts.ts'
import { createMessages } from '../../src/shared/messages/messages.ts'
import { createStorage } from '../../src/shared/storage/create-storage.ts'
import { createTelegram } from '../../src/shared/telegram/create-telegram.ts'
import { Postpone } from '../postpone.ts'
import { testContext } from '../test-context.ts'
import { createFindDelivery } from './find-delivery.ts'
import { createHandler } from './handler.ts'

/** Deliveries without a ticket: of all calls of a delivery, the only one that must not be made twice. */

const TOKEN = '123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
const BOT = 123456
const KEY = 'site.1.v360.full.public'
const FILE = {
  ...{ kind: 'video' as const, extension: 'mp4' as const, mimeType: 'video/mp4' as const, sizeBytes: 5 },
  ...{ width: 640, height: 360, durationS: 7.6, title: 'Harbour', performer: null },
  treatment: 'as_is' as const,
}

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
const deps = {
  ...{ ...state, telegram, artifacts: createArtifacts({ mode: 'shared', dir }) },
  messages: createMessages(),
  ...{ timeZone: 'UTC', hasSurvey: false },
  storage: createStorage(await testBucket()),
}
const handler = createHandler(deps)
afterAll(async () => {
  await state.queues.close()
  await botApi.close()
})
beforeEach(() => {
  world.faults.clear()
  world.ledger.clear()
})

let unique = 0
/** A person who waits for a file that Telegram has already. */
async function delivery() {
  const user = world.addUser({ firstName: 'P' })
  const chat = world.openPrivateChat(user)
  const messageId = world.sendText(user, chat, 'a link')
  const asker = {
    ...{ botId: BOT, chatId: user.id, chatType: 'private' as const, threadId: null },
    ...{ userId: user.id, language: 'en' as const, messageId },
  }
  const ticket = await state.requests.create(asker, `u${++unique}`, 'hash', Date.now())
  await state.requests.move(ticket, ['asked'], 'delivering')
  await state.requests.set(ticket, { mediaKey: KEY })
  await state.sentFiles.save(BOT, KEY, { fileId: await fileId(), kind: 'video', file: FILE })
  const request = async (): Promise<Request> => {
    const now = await state.requests.get(ticket)
    if (!now) throw new Error('lost')
    return now
  }
  return {
    ...{ ticket, user, chat, request },
    media: () => world.messages(chat).filter((message) => message.video),
    calls: () => world.ledger.of('sendVideo').filter((call) => call.chatId === user.id),
    /** As if the lease had been taken long ago. */
    runOut: () => redis.hset(state.keys.request(ticket), 'directUntilMs', 1),
    async lease() {
      const claim = await state.directSends.claim({ ticket, mediaKey: KEY })
      if (claim.how !== 'none') throw new Error(claim.how)
      return claim.leased
    },
    fetchesAgain: async () =>
      (await state.queues.queue('intake').getJobs()).some((job) => JSON.stringify(job.data).includes(ticket)),
  }
}

let known: string | undefined
async function fileId(): Promise<string> {
  if (known) return known
  const owner = world.addUser({ firstName: 'First' })
  world.openPrivateChat(owner)
  const { video } = await telegram.api.sendVideo(owner.id, new InputFile(Buffer.from('movie'), 'a.mp4'))
  known = video.file_id
  world.ledger.clear()
  return known
}

const send = async (ticket: string, more: Parameters<typeof testContext>[0] = {}) =>
  await handler({ data: { ticket, round: 1 }, input: null }, testContext(more))
/** As the bootstrap does: what is postponed is done again. Counts how often. */
async function sendThrough(ticket: string): Promise<{ how: string; postponed: number }> {
  for (let postponed = 0; ; postponed++) {
    try {
      return { ...(await send(ticket)), postponed }
    } catch (error) {
      if (!(error instanceof Postpone)) throw error
    }
  }
}

describe('two runs of one job', () => {
  test('at once: one sends, the other one waits and then has nothing to do', async () => {
    const it = await delivery()
    const held = Promise.withResolvers<void>()
    const fault = world.faults.add({ method: 'sendVideo' }, { kind: 'late_work', until: held.promise })
    const first = send(it.ticket)
    await vi.waitFor(() => expect(fault.hits()).toBe(1), { timeout: 30_000 })
    await expect(send(it.ticket)).rejects.toBeInstanceOf(Postpone)
    held.resolve()
    expect(await first).toEqual({ how: 'sent by file_id' })
    expect(await send(it.ticket)).toEqual({ how: 'over' })
    expect(it.calls()).toHaveLength(1)
  })

  test('who was frozen at the gate, past the lease, does not send with the old fence', async () => {
    const it = await delivery()
    // The third message to a chat waits for its second.
    for (const text of ['one', 'two']) await telegram.api.sendMessage(it.user.id, text)
    const frozen = send(it.ticket)
    const leaseOf = () => redis.hget(state.keys.request(it.ticket), 'directUntilMs')
    await vi.waitFor(async () => expect(Number(await leaseOf())).toBeGreaterThan(0), { interval: 5 })
    await it.runOut()
    expect((await it.lease()).how).toBe('go')
    await expect(frozen).rejects.toBeInstanceOf(Postpone)
    expect(it.calls()).toEqual([])
  })

  test('who was frozen in the call: one more copy, and its own end counts', async () => {
    const it = await delivery()
    const held = Promise.withResolvers<void>()
    const fault = world.faults.add({ method: 'sendVideo' }, { kind: 'late_answer', until: held.promise })
    const frozen = send(it.ticket)
    await vi.waitFor(() => expect(fault.hits()).toBe(1), { timeout: 30_000 })
    await it.runOut()
    expect(await send(it.ticket)).toEqual({ how: 'sent by file_id' })
    held.resolve()
    expect(await frozen).toEqual({ how: 'sent by file_id' })
    expect(it.media()).toHaveLength(2)
    expect(await send(it.ticket)).toEqual({ how: 'over' })
  })
})

test.each([
  ['is to be sent', {}, 1, 'none', [1, 0]],
  ['was perhaps sent already', { directCalls: 1 }, 1, 'none', undefined],
  ['has come already', { direct: 'ok' }, 1, undefined, undefined],
  ['is meant by an older job', {}, 0, undefined, undefined],
  ['is over', { state: 'cancelled' }, 1, undefined, undefined],
])('a file that Telegram has, and that %s', async (_, fields, round, claimed, verdict) => {
  const { ticket } = await delivery()
  const key = state.keys.request(ticket)
  await redis.hset(key, { leftOut: 0, ...fields })
  const find = createFindDelivery(deps)
  const { claim, slot } = await find(ticket, round)
  expect([claim?.how, slot?.verdict]).toEqual([claimed, verdict])
  // Whoever does not send it leaves the ticket to others.
  expect(await redis.hget(key, 'ticketGone')).toBe(claimed ? '1' : null)
})

test('a file that Telegram does not have claims nothing yet', async () => {
  const { ticket } = await delivery()
  await state.sentFiles.forget(BOT, KEY)
  expect(await createFindDelivery(deps)(ticket, 1)).toMatchObject({ claim: null, slot: null })
  expect(await redis.hget(state.keys.request(ticket), 'ticketGone')).toBeNull()
})

test('the slot that is taken with the ticket is the only one, and waits for what the gate waits for', async () => {
  const it = await delivery()
  const calendar = `${prefix}:gate:${BOT}:calendar`
  await redis.del(calendar)
  await redis.set(`${prefix}:gate:${BOT}:chat:${it.user.id}:pause`, Date.now() + 3600_000)
  const taken = await send(it.ticket).catch((error: unknown) => error)
  expect(taken).toBeInstanceOf(Postpone)
  expect(taken).toMatchObject({ waitMs: expect.closeTo(3600_000, -6) })
  expect(it.calls()).toEqual([])
  await redis.del(`${prefix}:gate:${BOT}:chat:${it.user.id}:pause`)
  expect(await send(it.ticket)).toEqual({ how: 'sent by file_id' })
  expect(await redis.zcard(calendar)).toBe(1)
})

test('while the call runs its lease does not end', async () => {
  const it = await delivery()
  const leased = await it.lease()
  if (leased.how !== 'go') throw new Error(leased.how)
  const renewEveryMs = leased.lease.renewEveryMs ?? Number.POSITIVE_INFINITY
  expect(renewEveryMs).toBeLessThan(15_000)
  await leased.lease.end('unsent')
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  try {
    const held = Promise.withResolvers<void>()
    const fault = world.faults.add({ method: 'sendVideo' }, { kind: 'late_work', until: held.promise })
    const sending = send(it.ticket)
    await vi.waitFor(() => expect(fault.hits()).toBe(1), { timeout: 30_000 })
    await it.runOut()
    vi.advanceTimersByTime(renewEveryMs)
    await vi.waitFor(async () => expect((await it.lease()).how).toBe('wait'), { timeout: 30_000 })
    held.resolve()
    await sending
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

describe('certainly not sent', () => {
  test('a 429 is waited for, and gives no copy, however many there are', async () => {
    const it = await delivery()
    world.faults.add({ method: 'sendVideo', times: 6 }, { kind: 'flood', retryAfterS: 0 })
    expect((await sendThrough(it.ticket)).postponed).toBe(6)
    expect(it.media()).toHaveLength(1)
    expect(await it.fetchesAgain()).toBe(false)
  })

  test('no connection gives no copy, however long', async () => {
    const it = await delivery()
    await world.faults.down()
    for (let n = 0; n < 8; n++) await expect(send(it.ticket)).rejects.toBeInstanceOf(Postpone)
    await world.faults.up()
    expect((await sendThrough(it.ticket)).how).toBe('sent by file_id')
    expect(it.media()).toHaveLength(1)
    expect(await it.fetchesAgain()).toBe(false)
  })

  test('a person who has blocked the bot: the request ends', async () => {
    const it = await delivery()
    world.blockBot(it.user)
    expect(await send(it.ticket)).toEqual({ how: 'chat_unreachable' })
    expect(it.calls()).toHaveLength(1)
  })
})

const PERHAPS_SENT: [string, Fault][] = [
  ['an answer that is lost', { kind: 'lost_answer' }],
  ['a 500 after the work', { kind: 'error_after', code: 500 }],
]

describe.each(PERHAPS_SENT)('%s', (_, fault) => {
  test('gives one more copy at most', async () => {
    const it = await delivery()
    world.faults.add({ method: 'sendVideo' }, fault)
    expect(await sendThrough(it.ticket)).toEqual({ how: 'sent by file_id', postponed: 1 })
    expect(it.calls()).toHaveLength(2)
    expect(world.ledger.of('getMe')).toHaveLength(1)
    expect(await it.fetchesAgain()).toBe(false)
  })

  test('again and again: four calls, and the person is told; Retry begins anew', async () => {
    const it = await delivery()
    world.faults.add({ method: 'sendVideo', times: Number.POSITIVE_INFINITY }, fault)
    await expect(sendThrough(it.ticket)).rejects.toMatchObject({ code: 'telegram_unavailable' })
    expect(it.calls()).toHaveLength(4)
    expect(await it.request()).toMatchObject({ state: 'failed', failure: 'telegram_unavailable' })
    expect(await it.fetchesAgain()).toBe(false)
    world.faults.clear()
    await state.requests.reopen(await it.request())
    await state.requests.move(it.ticket, ['asked'], 'delivering')
    expect(await handler({ data: { ticket: it.ticket, round: 2 }, input: null }, testContext())).toEqual({
      how: 'sent by file_id',
    })
  })
})

test('a Telegram that fails is asked something harmless until it answers, and then gets the message again', async () => {
  const it = await delivery()
  world.faults.add({ method: 'sendVideo' }, { kind: 'error_before', code: 502 })
  world.faults.add({ method: 'getMe', times: 9 }, { kind: 'error_before', code: 502 })
  expect((await sendThrough(it.ticket)).postponed).toBe(10)
  expect(it.calls()).toHaveLength(2)
  expect(it.media()).toHaveLength(1)
})

describe('a run that is told to stop', () => {
  async function stopped(reason: string) {
    const it = await delivery()
    const held = Promise.withResolvers<void>()
    const fault = world.faults.add({ method: 'sendVideo' }, { kind: 'late_answer', until: held.promise })
    const stop = new AbortController()
    const sending = send(it.ticket, { signal: stop.signal })
    await vi.waitFor(() => expect(fault.hits()).toBe(1), { timeout: 30_000 })
    stop.abort(reason)
    return { it, sending, answer: () => held.resolve() }
  }

  test('by a shutdown does not wait for the answer: nobody knows', async () => {
    const { it, sending, answer } = await stopped('shutdown')
    await expect(sending).rejects.toBeInstanceOf(Postpone)
    answer()
    expect(await it.lease()).toMatchObject({ how: 'go', lease: { doubts: 1 } })
  })

  test('because its lock is lost notes how the call ends, for the run that follows', async () => {
    const { it, sending, answer } = await stopped('lock_lost')
    await expect(send(it.ticket)).rejects.toBeInstanceOf(Postpone)
    answer()
    await sending
    expect(it.calls()).toHaveLength(1)
  })

  test('before the call sends nothing, and leaves nothing in doubt', async () => {
    const it = await delivery()
    await expect(send(it.ticket, { signal: AbortSignal.abort('shutdown') })).rejects.toBeDefined()
    expect(it.calls()).toEqual([])
    expect(await it.lease()).toMatchObject({ how: 'go', lease: { doubts: 0 } })
  })
})

test('what has arrived is not sent again, even when the file is gone from everywhere', async () => {
  const it = await delivery()
  const leased = await it.lease()
  if (leased.how === 'go') await leased.lease.end({ messageId: 5 })
  await state.sentFiles.forget(BOT, KEY)
  expect(await send(it.ticket)).toEqual({ how: 'sent before' })
  expect(await it.request()).toMatchObject({ state: 'delivered' })
  expect(await it.fetchesAgain()).toBe(false)
})
