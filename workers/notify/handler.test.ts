import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { linkHash } from '../../queues/media.ts'
import { createState, type State } from '../../queues/state.ts'
import { type BotApi, createBotApi } from '../../src/playground/bot-api/create-bot-api.ts'
import { testDir, testRedis } from '../../src/playground/testing/services.ts'
import { createMessages } from '../../src/shared/messages/messages.ts'
import { createTelegram, type Telegram } from '../../src/shared/telegram/create-telegram.ts'
import { Postpone } from '../postpone.ts'
import { testContext } from '../test-context.ts'
import { createHandler } from './handler.ts'

const TOKEN = '123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
const HASH = linkHash('https://site.example/1')

let botApi: BotApi
let state: State
let telegram: Telegram
let unique = 0

beforeAll(async () => {
  const { redis, prefix } = await testRedis()
  state = createState(redis, prefix)
  botApi = createBotApi({
    mode: 'local',
    dir: await testDir(),
    flood: 'off',
    bots: [{ token: TOKEN, username: 'b_bot', firstName: 'B' }],
  })
  const apiUrl = await botApi.listen()
  telegram = createTelegram({
    token: TOKEN,
    apiUrl,
    mode: 'local',
    filesDir: null,
    redis,
    prefix,
    holdMs: 60_000,
  })
})
afterAll(async () => {
  await state.queues.close()
  await botApi.close()
})
beforeEach(() => {
  botApi.world.faults.clear()
  botApi.world.ledger.clear()
})

/** A person with a request, and what the bot has said to them. */
async function asked() {
  const { world } = botApi
  const user = world.addUser({ firstName: 'P' })
  const chat = world.openPrivateChat(user)
  const messageId = world.sendText(user, chat, 'a link')
  const asker = {
    botId: 123456,
    chatId: user.id,
    chatType: 'private' as const,
    threadId: null,
    userId: user.id,
    language: 'en' as const,
    messageId,
  }
  const ticket = await state.requests.create(asker, `u${++unique}-${user.id}`, HASH, Date.now())
  return {
    ticket,
    user,
    chat,
    world,
    said: () => world.messages(chat).filter((message) => message.from?.is_bot),
    /** As if the last edit had been long ago. */
    later: () => state.requests.set(ticket, { editedAtMs: 1 }),
  }
}

const run = (ticket: string, view: number) =>
  createHandler({ ...state, telegram, messages: createMessages() })(
    { data: { ticket, view }, input: null },
    testContext(),
  )

/** Says that there is something new, and runs the job that follows. */
async function notify(ticket: string) {
  await state.notifier.touch(ticket)
  return await run(ticket, (await state.requests.get(ticket))?.view ?? 1)
}

test('the ticket answers the person’s message, and is edited from then on', async () => {
  const { ticket, said, later } = await asked()
  expect(await notify(ticket)).toEqual({ how: 'sent' })
  expect(said()[0]).toMatchObject({ text: '🔎 Having a look…', reply_to_message: { text: 'a link' } })
  await state.requests.move(ticket, ['asked'], 'producing')
  await later()
  expect(await notify(ticket)).toEqual({ how: 'edited' })
  expect(said().length).toBe(1)
  expect(said()[0]?.text).toContain("You're next")
})

test('a job that a newer one has overtaken does nothing, nor one with nothing new to show', async () => {
  const { ticket } = await asked()
  await notify(ticket)
  expect(await notify(ticket)).toEqual({ how: 'nothing new' })
  await state.notifier.touch(ticket)
  expect(await run(ticket, 1)).toEqual({ how: 'overtaken' })
})

test('a passing text waits from the moment when the ticket came, noted or not', async () => {
  const { ticket, said } = await asked()
  const request = await state.requests.get(ticket)
  if (!request) throw new Error('no request')
  const { message_id: messageId } = await telegram.api.sendMessage(request.chatId, 'the ticket')
  const leased = await state.directSends.ticketLease(request)
  // Its job has died, or has not come to note what it shows.
  expect('lease' in leased && (await leased.lease.end({ messageId }))).toBe(true)
  await expect(notify(ticket)).rejects.toBeInstanceOf(Postpone)
  expect(said()[0]?.text).toBe('the ticket')
})

test('a passing text waits its turn, a reason does not', async () => {
  const { ticket, said } = await asked()
  await notify(ticket)
  await state.requests.move(ticket, ['asked'], 'producing')
  await expect(notify(ticket)).rejects.toBeInstanceOf(Postpone)
  const request = await state.requests.get(ticket)
  if (request) await state.requests.settle(request, { state: 'failed', failure: 'gone' })
  expect(await notify(ticket)).toEqual({ how: 'edited' })
  expect(said()[0]?.text).toContain(ticket)
})

test('the place among those who wait is shown', async () => {
  const { ticket, said, later } = await asked()
  await notify(ticket)
  const key = `site.${unique}.v1.full.public`
  const joined = await state.joins.joinProduction({ ticket, botId: 123456 }, key, Date.now())
  const generation = joined.how === 'waiting' ? joined.generation : 0
  const queue = state.queues.queue('fetch')
  await queue.add('fetch', {}, { jobId: 'first', priority: 1 })
  await queue.add('fetch', {}, { jobId: 'second', priority: 2 })
  await queue.add('fetch', {}, { jobId: `${ticket}-${generation}`, priority: 3 })
  await later()
  await notify(ticket)
  expect(said()[0]?.text).toBe('⏳ In line: number 3.')
  await state.redis.hset(state.keys.progress(generation), {
    stage: 'fetch',
    percent: 40,
    doneBytes: '',
    totalBytes: '',
  })
  await later()
  await notify(ticket)
  expect(said()[0]?.text).toBe('⬇️ Downloading: 40%')
})

test('the choices of the link, as buttons', async () => {
  const { ticket, said, world, user, chat } = await asked()
  await state.facts.save(HASH, {
    mediaId: 'site.1',
    extractor: 'site',
    title: 'A <b>title</b>',
    uploader: null,
    durationS: 61,
    inspectedAt: '2026-11-21T00:00:00Z',
    choices: [
      { format: 'v720', codec: null, sizeBytes: 5_000_000 },
      { format: 'a-m4a', codec: null, sizeBytes: null },
    ],
  })
  await state.requests.move(ticket, ['asked'], 'choosing')
  await notify(ticket)
  expect(said()[0]?.text).toContain('A <b>title</b>')
  const rows = said()[0]?.reply_markup?.inline_keyboard.map((row) => row.map(({ text }) => text))
  expect(rows).toEqual([['🎬 720p · 5 MB'], ['🎵 M4A'], ['☐ Always use my choice'], ['Cancel']])
  expect(world.messages(chat)[0]?.from?.id).toBe(user.id)
})

test('who is tested so is offered the sound first, and meets it when there is a choice', async () => {
  const running = {
    ...{ subject: 'buttons', name: 'order' },
    variants: [{ name: 'sound', share: 100, config: { order: 'audio_first' } }],
  }
  await state.redis.set(state.keys.experiments, JSON.stringify([running]))
  const known = state
  // What runs is looked up some seconds apart.
  state = createState(known.redis, known.keys.prefix)
  const { ticket, said, user } = await asked()
  const met = () => state.redis.hget(state.keys.person(123456, user.id), 'test.order')
  await notify(ticket)
  expect(await met()).toBeNull()
  await state.requests.move(ticket, ['asked'], 'choosing')
  await notify(ticket)
  const rows = said()[0]?.reply_markup?.inline_keyboard.map((row) => row.map(({ text }) => text))
  expect(rows?.slice(0, 2)).toEqual([['🎵 M4A'], ['🎬 720p · 5 MB']])
  expect(await met()).toBe('sound')
  await state.queues.close()
  await state.redis.del(state.keys.experiments)
  state = known
})

test('a ticket that the person deleted is not put back, but a reason is told all the same', async () => {
  const { ticket, said, world, user, chat } = await asked()
  await notify(ticket)
  world.deleteMessage(user, chat, said()[0]?.message_id ?? 0)
  await state.requests.move(ticket, ['asked'], 'producing')
  await state.requests.set(ticket, { editedAtMs: 1 })
  expect(await notify(ticket)).toEqual({ how: 'ticket gone' })
  await state.requests.set(ticket, { shown: '' })
  expect(await notify(ticket)).toEqual({ how: 'no ticket' })
  const request = await state.requests.get(ticket)
  if (request) await state.requests.settle(request, { state: 'failed', failure: 'private' })
  expect(await notify(ticket)).toEqual({ how: 'sent' })
  expect(said().length).toBe(1)
})

test('who blocked the bot is left alone; a server that is away is asked again', async () => {
  const { ticket, world, user } = await asked()
  await world.faults.down()
  await expect(notify(ticket)).rejects.toBeInstanceOf(Postpone)
  await world.faults.up()
  world.blockBot(user)
  expect(await notify(ticket)).toEqual({ how: 'chat_unreachable' })
})

test('a busy Telegram takes nothing from the next try', async () => {
  const { ticket, world } = await asked()
  world.faults.add({ method: 'sendMessage' }, { kind: 'flood', retryAfterS: 3 })
  await expect(notify(ticket)).rejects.toMatchObject({ waitMs: 3000 })
  expect(await notify(ticket)).toEqual({ how: 'sent' })
})

test('an older text that arrives last does not stay', async () => {
  const { ticket, said, later, world } = await asked()
  await notify(ticket)
  await state.requests.move(ticket, ['asked'], 'producing')
  await later()
  const held = Promise.withResolvers<void>()
  const fault = world.faults.add({ method: 'editMessageText' }, { kind: 'late_work', until: held.promise })
  const older = notify(ticket)
  await vi.waitFor(() => expect(fault.hits()).toBe(1), { timeout: 30_000 })
  const request = await state.requests.get(ticket)
  if (request) await state.requests.settle(request, { state: 'failed', failure: 'gone' })
  expect(await notify(ticket)).toEqual({ how: 'edited' })
  held.resolve()
  await older
  expect(said()[0]?.text).toContain("You're next")
  const view = (await state.requests.get(ticket))?.view ?? 0
  expect(await state.queues.queue('notify').getJob(`${ticket}-${view}`)).toBeTruthy()
  expect(await run(ticket, view)).toEqual({ how: 'edited' })
  expect(said()[0]?.text).toContain(ticket)
})

test('a text that comes after the media changes nothing', async () => {
  const { ticket, world, later } = await asked()
  await notify(ticket)
  await state.requests.move(ticket, ['asked'], 'delivering')
  await later()
  world.faults.add(
    { method: 'editMessageText' },
    { kind: 'error_before', code: 400, description: 'Bad Request: there is no text in the message to edit' },
  )
  expect(await notify(ticket)).toEqual({ how: 'already_media' })
  expect(await state.requests.get(ticket)).toMatchObject({ ticketGone: false })
})

test('who cancels before there is a ticket gets none', async () => {
  const { ticket, said } = await asked()
  const request = await state.requests.get(ticket)
  if (request) await state.joins.leave(request)
  expect(await notify(ticket)).toEqual({ how: 'no ticket' })
  expect(said()).toEqual([])
})

test('nothing is written over the media', async () => {
  const { ticket } = await asked()
  const request = await state.requests.get(ticket)
  if (request)
    await state.requests.settle(request, { state: 'delivered', on: { day: '20261121', month: '202611' } })
  expect(await notify(ticket)).toEqual({ how: 'nothing new' })
  expect(botApi.world.ledger.of(/^(send|edit)/)).toEqual([])
})

test('two runs at once put one ticket into the chat', async () => {
  const { ticket, said, world } = await asked()
  await state.notifier.touch(ticket)
  const held = Promise.withResolvers<void>()
  const fault = world.faults.add({ method: 'sendMessage' }, { kind: 'late_work', until: held.promise })
  const first = run(ticket, 1)
  await vi.waitFor(() => expect(fault.hits()).toBe(1), { timeout: 30_000 })
  await expect(run(ticket, 1)).rejects.toBeInstanceOf(Postpone)
  held.resolve()
  expect(await first).toEqual({ how: 'sent' })
  expect(await run(ticket, 1)).toEqual({ how: 'nothing new' })
  expect(said()).toHaveLength(1)
})

test('a ticket that the delivery has overtaken is taken back', async () => {
  const { ticket, said, world } = await asked()
  const held = Promise.withResolvers<void>()
  const fault = world.faults.add({ method: 'sendMessage' }, { kind: 'late_work', until: held.promise })
  const sending = notify(ticket)
  await vi.waitFor(() => expect(fault.hits()).toBe(1), { timeout: 30_000 })
  await state.redis.hset(state.keys.request(ticket), 'ticketUntilMs', 1)
  expect((await state.directSends.claim({ ticket, mediaKey: null })).how).toBe('none')
  held.resolve()
  expect(await sending).toEqual({ how: 'too late' })
  expect(said()).toEqual([])
  expect(await state.requests.get(ticket)).toMatchObject({ ticketMessageId: null, ticketGone: true })
})

test.each([false, true])('answers that are always lost fill no chat (a reason: %s)', async (isReason) => {
  const { ticket, said, world } = await asked()
  const request = await state.requests.get(ticket)
  if (request && isReason) {
    await state.requests.set(ticket, { ticketGone: '1' })
    await state.requests.settle(request, { state: 'failed', failure: 'gone' })
  }
  world.faults.add({ method: 'sendMessage', times: Number.POSITIVE_INFINITY }, { kind: 'lost_answer' })
  await state.notifier.touch(ticket)
  const view = (await state.requests.get(ticket))?.view ?? 0
  for (let n = 0; n < 4; n++) await expect(run(ticket, view)).rejects.toBeInstanceOf(Postpone)
  expect(await run(ticket, view)).toEqual({ how: 'gave up' })
  expect(said()).toHaveLength(4)
  // The media comes all the same.
  if (!isReason) expect((await state.directSends.claim({ ticket, mediaKey: null })).how).toBe('none')
})

test('who is to choose, and has perhaps never seen the choices, is told that it did not work', async () => {
  const { ticket, said, world, user } = await asked()
  await state.requests.move(ticket, ['asked'], 'choosing')
  world.faults.add({ method: 'sendMessage', times: 4 }, { kind: 'error_after', code: 500 })
  await state.notifier.touch(ticket)
  const viewOf = async () => (await state.requests.get(ticket))?.view ?? 0
  for (let n = 0; n < 4; n++) await expect(run(ticket, await viewOf())).rejects.toBeInstanceOf(Postpone)
  expect(await run(ticket, await viewOf())).toEqual({ how: 'gave up' })
  const request = await state.requests.get(ticket)
  expect(request).toMatchObject({ state: 'failed', failure: 'telegram_unavailable' })
  expect(await run(ticket, await viewOf())).toEqual({ how: 'sent' })
  expect(said().at(-1)).toMatchObject({
    chat: { id: user.id },
    text: expect.stringContaining(`Code ${ticket}`),
  })
})

test('a clock that has jumped back holds up no news for long', async () => {
  const { ticket } = await asked()
  await notify(ticket)
  await state.requests.move(ticket, ['asked'], 'producing')
  await state.requests.set(ticket, { editedAtMs: Date.now() + 3600_000 })
  await expect(notify(ticket)).rejects.toMatchObject({ waitMs: 3000 })
})
