import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { Api } from 'grammy'
import { afterEach, expect, it, vi } from 'vitest'
import { createState } from '../../queues/state.ts'
import { createBotApi } from '../playground/bot-api/create-bot-api.ts'
import { testDir, testRedis } from '../playground/testing/services.ts'
import { readConfig } from '../shared/config.ts'
import { createLogger } from '../shared/logger.ts'
import { createMessages } from '../shared/messages/messages.ts'
import { createRedis } from '../shared/redis.ts'
import { createTelegram } from '../shared/telegram/create-telegram.ts'
import { createBotStore } from './bot-store.ts'
import { createBot } from './create-bot.ts'
import { createGrowthStore } from './growth-store.ts'
import { createOneMoment } from './one-moment.ts'
import { createReplies } from './replies.ts'
import { createUpdatePoller } from './update-poller.ts'

const TOKEN = `4242:${'x'.repeat(35)}`
const messages = createMessages()
const cleanups: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})
const soon = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 40_000, interval: 50 })

/** A Redis that can go away and come back, on the same port. */
async function breakable(url: string) {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    }
    client.pipe(upstream).pipe(client)
  })
  const up = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  const down = async () => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  await up(0)
  const { port } = server.address() as AddressInfo
  cleanups.push(async () => (server.listening ? await down() : undefined))
  const through = new URL(url)
  through.host = `127.0.0.1:${port}`
  return { url: through.href, up: () => up(port), down }
}

async function setUp() {
  const { redis: direct, url, prefix } = await testRedis()
  const proxy = await breakable(url)
  const server = await createBotApi({
    mode: 'cloud',
    dir: await testDir(),
    bots: [{ token: TOKEN, username: 'clipferry_bot', firstName: 'Clipferry' }],
    flood: 'telegram',
  })
  const apiUrl = await server.listen()
  cleanups.push(() => server.close())
  const redis = createRedis(proxy.url, { role: 'producer' })
  if (redis.status !== 'ready') await once(redis, 'ready')
  const behind = createState(redis, prefix)
  const { queues } = behind
  cleanups.push(async () => redis.disconnect())
  cleanups.push(() => queues.close())
  const logged: string[] = []
  const log = createLogger('info', 'test', { write: (line) => void logged.push(line) })
  const telegram = createTelegram({ token: TOKEN, apiUrl, mode: 'cloud', redis, prefix, holdMs: 1500 })
  const replies = createReplies(log)
  const store = createBotStore({ ...behind, refresh: async () => undefined })
  const deps = {
    botId: telegram.botId,
    store,
    messages,
    replies,
    log,
    allowOrigins: [],
    people: readConfig(['people'], {}),
    eventsKeepMonths: 12,
    growth: createGrowthStore(behind),
    timeZone: 'UTC',
  }
  const start = async () => {
    const bot = createBot(TOKEN, telegram, deps)
    await bot.init()
    const oneMoment = createOneMoment(new Api(TOKEN, telegram.client), messages, log)
    const poller = createUpdatePoller({ bot, oneMoment, log })
    void poller.run()
    cleanups.push(async () => {
      await poller.stop()
      await oneMoment.settled()
    })
    return { bot, poller }
  }
  const alice = server.world.addUser({ firstName: 'Alice', languageCode: 'en' })
  const boris = server.world.addUser({ firstName: 'Борис', languageCode: 'ru' })
  for (const user of [alice, boris]) server.world.openPrivateChat(user)
  const state = createState(direct, prefix)
  cleanups.push(() => state.queues.close())
  return {
    proxy,
    server,
    world: server.world,
    start,
    store,
    logged,
    alice,
    boris,
    ...queueViews(state),
    telegram,
    redis,
  }
}

function queueViews({ queues }: ReturnType<typeof createState>) {
  const jobs = (name: 'intake' | 'analytics') => queues.queue(name).getJobs(['waiting', 'prioritized'])
  return {
    intakeIds: async () => (await jobs('intake')).map(({ id }) => id),
    events: () => jobs('analytics'),
  }
}

const saidTo = (world: Awaited<ReturnType<typeof setUp>>['world'], chatId: number) =>
  world.messages(chatId).flatMap((message) => (message.from?.is_bot ? [message.text] : []))

it('while Redis is away nothing is lost, and everybody is told once', async () => {
  const { proxy, world, start, alice, boris, intakeIds } = await setUp()
  await start()
  world.sendText(alice, alice.id, 'https://example.com/before')
  await soon(async () => expect(await intakeIds()).toHaveLength(1))
  await proxy.down()
  world.sendText(alice, alice.id, 'https://example.com/1')
  world.sendText(alice, alice.id, 'https://example.com/2')
  await soon(() => expect(saidTo(world, alice.id)).toEqual([messages.text('en', 'one-moment')]))
  // Behind the one that is stuck, and told all the same.
  world.sendText(boris, boris.id, 'https://example.com/3')
  await soon(() => expect(saidTo(world, boris.id)).toEqual([messages.text('ru', 'one-moment')]))
  await proxy.up()
  await soon(async () => expect(await intakeIds()).toHaveLength(4))
  expect(saidTo(world, alice.id)).toHaveLength(1)
  expect(saidTo(world, boris.id)).toHaveLength(1)
})

it('an update is confirmed only when it is handled', async () => {
  const { proxy, world, start, alice, intakeIds } = await setUp()
  await start()
  await proxy.down()
  world.sendText(alice, alice.id, 'https://example.com/1')
  await soon(() => expect(saidTo(world, alice.id)).toHaveLength(1))
  // The process ends during the outage; the next one gets the update.
  for (const cleanup of cleanups.splice(-1)) await cleanup()
  await proxy.up()
  await start()
  await soon(async () => expect(await intakeIds()).toHaveLength(1))
  // Another start has nothing to do twice.
  for (const cleanup of cleanups.splice(-1)) await cleanup()
  const confirmed = world.ledger.of('getUpdates').at(-1)
  expect(confirmed?.answer).toMatchObject({ ok: true, result: [] })
})

it('an update that our code cannot handle is skipped after five times, and reported', async () => {
  const { world, start, alice, boris, intakeIds, events, logged, store } = await setUp()
  const broken = vi.spyOn(store, 'activeIn').mockRejectedValue(new TypeError('secret words of a person'))
  world.sendText(alice, alice.id, '/cancel')
  world.sendText(boris, boris.id, 'https://example.com/after')
  world.sendText(boris, boris.id, '/start')
  await start()
  // Nobody else waits for it, or hears anything twice.
  await soon(async () => expect(await intakeIds()).toHaveLength(1))
  await soon(() => expect(broken).toHaveBeenCalledTimes(5))
  await soon(() => expect(logged.join('')).toContain('update skipped'))
  expect(world.ledger.of('sendMessage')).toHaveLength(1)
  const [event] = await events()
  expect(event?.data.events[0]).toMatchObject({
    name: 'bot_error',
    userId: alice.id,
    stage: 'bot',
    code: 'internal',
  })
  const skipped = logged.filter((line) => line.includes('update skipped'))
  expect(skipped).toHaveLength(1)
  expect(skipped[0]).toMatch(/"updateId":\d+/)
  expect(logged.join('')).not.toContain('secret words')
})

it('errors of getUpdates are waited out', async () => {
  const { server, world, start, alice, intakeIds, logged } = await setUp()
  world.faults.add(
    { method: 'getUpdates', times: 1 },
    { kind: 'error_before', code: 409, description: 'Conflict' },
  )
  world.faults.add({ method: 'getUpdates', times: 2 }, { kind: 'error_before', code: 502 })
  world.faults.add({ method: 'getUpdates', times: 1 }, { kind: 'lost_answer' })
  world.faults.add({ method: 'getUpdates', times: 1 }, { kind: 'flood', retryAfterS: 1 })
  world.sendText(alice, alice.id, 'https://example.com/1')
  await start()
  await soon(async () => expect(await intakeIds()).toHaveLength(1))
  await world.faults.down()
  await soon(() => expect(logged.join('')).toContain('unreachable'))
  await world.faults.up()
  world.sendText(alice, alice.id, 'https://example.com/2')
  await soon(async () => expect(await intakeIds()).toHaveLength(2))
  expect(logged.join('')).toContain('conflict')
  expect(logged.join('')).not.toContain(TOKEN)
  expect(server.url).toContain('127.0.0.1')
})

it('a person who blocked the bot stops nobody', async () => {
  const { world, start, alice, boris } = await setUp()
  world.sendText(alice, alice.id, '/help')
  world.blockBot(alice)
  world.sendText(boris, boris.id, '/help')
  await start()
  await soon(() => expect(saidTo(world, boris.id)).toEqual([messages.text('ru', 'help')]))
  expect(saidTo(world, alice.id)).toEqual([])
})
