import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test, vi } from 'vitest'
import { createState } from '../../../queues/state.ts'
import { classify } from '../../shared/telegram/classify.ts'
import { createTelegram } from '../../shared/telegram/create-telegram.ts'
import { BOT, LATE_MS } from '../../shared/telegram/gate-limits.ts'
import { createBotApi } from '../bot-api/create-bot-api.ts'
import { newBotToken } from '../stack/new-bot-token.ts'
import { productEnvironment } from '../stack/product-environment.ts'
import { startProductProcess } from '../stack/product-process.ts'
import { testBucket, testDir, testRedis } from '../testing/services.ts'
import { findTools } from '../tools.ts'
import { createCrowd } from './gate-crowd.ts'
import { figuresOf, RETRY_AFTER_S } from './gate-figures.ts'
import { watchSlots } from './gate-slots.ts'
import { PATIENCE_MS } from './running-stack.ts'

const MESSAGE = /^(send(?!ChatAction)|edit)/
const HOLD_MS = 1500
const OUTAGE_MS = 4000

const [{ redis, url, prefix }, bucket, dir] = await Promise.all([testRedis(), testBucket(), testDir()])
const token = newBotToken()
const botApi = createBotApi({
  ...{ mode: 'local', dir: join(dir, 'bot-api'), flood: 'telegram' },
  bots: [{ token, username: 'clipferry_bot', firstName: 'Clipferry' }],
})
const { world } = botApi
const botApiUrl = await botApi.listen()
const state = createState(redis, prefix)
const telegram = createTelegram({
  ...{ token, apiUrl: botApiUrl, mode: 'local', filesDir: dir },
  ...{ redis, prefix, holdMs: HOLD_MS },
})
const crowd = createCrowd({ world, state, telegram })
const stops: (() => Promise<void>)[] = []
afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()))
  await state.queues.close()
  await botApi.close()
}, PATIENCE_MS)

/** As on three hosts: three processes that share nothing but Redis. */
async function startSendWorkers() {
  const env = productEnvironment({
    ...{ given: {}, artifactsDir: join(dir, 'artifacts'), webPort: 0, adminPassword: '', tools: findTools() },
    services: { REDIS_URL: url, REDIS_PREFIX: prefix, DATABASE_URL: '', ...bucket },
    standIns: { botToken: token, botApiUrl, mediaOrigin: '' },
  })
  for (const name of ['a', 'b', 'c']) {
    const args = ['workers/main.ts', 'send']
    const worker = await startProductProcess({ args, env, logFile: join(dir, `${name}.log`) })
    stops.push(worker.stop)
  }
}

/** A text that a ticket shows, as `notify` sends it: turned away, it comes again. */
async function say(chatId: number): Promise<void> {
  try {
    await telegram.api.sendMessage(chatId, 'In line')
  } catch (error) {
    const fault = classify(error)
    await sleep(fault.kind === 'busy' ? fault.waitMs : 500)
    await say(chatId)
  }
}

const calls = () => world.ledger.of(MESSAGE)
const until = (arrived: number) =>
  vi.waitFor(() => expect(calls().length).toBeGreaterThan(arrived), { timeout: 60_000, interval: 10 })

test('three send workers keep every limit, through 429s and an outage, and lose nothing', {
  timeout: PATIENCE_MS,
}, async () => {
  await crowd.prepare()
  const [busy, groups, ticketed, singles] = [
    crowd.person(),
    [crowd.group(), crowd.group()],
    Array.from({ length: 40 }, crowd.person),
    Array.from({ length: 300 }, crowd.person),
  ]
  const talkers = Array.from({ length: 100 }, crowd.person)
  const waiting = await Promise.all([
    ...Array.from({ length: 6 }, () => crowd.waiting(busy)),
    ...groups.flatMap((group, n) => Array.from({ length: n ? 8 : 21 }, () => crowd.waiting(group))),
    ...singles.map((person) => crowd.waiting(person)),
  ])
  for (const person of ticketed) waiting.push(await crowd.waiting(person, true))

  world.ledger.clear()
  const slots = watchSlots(redis, `${prefix}:gate:${telegram.botId}:calendar`)
  const ofBusy = { method: MESSAGE, chatId: busy.chat.id, skip: 2 }
  world.faults.add(ofBusy, { kind: 'flood', retryAfterS: RETRY_AFTER_S })
  await Promise.all(waiting.map(({ begin }) => begin()))
  await startSendWorkers()
  await until(0)
  const said = Promise.all(talkers.map(({ chat }) => say(chat.id)))

  await until(120)
  const single = new Set(singles.map(({ chat }) => chat.id))
  const whole = {
    method: MESSAGE,
    times: 3,
    when: (call: { chatId: number | undefined }) => single.has(call.chatId ?? 0),
  }
  const refusals = world.faults.add(whole, { kind: 'flood', retryAfterS: RETRY_AFTER_S })
  await until(220)
  await world.faults.down()
  const downAtMs = Date.now()
  await sleep(OUTAGE_MS)
  await world.faults.up()
  const upAtMs = Date.now()

  await said
  await vi.waitFor(
    async () => expect(await Promise.all(waiting.map((one) => one.isDelivered()))).not.toContain(false),
    { timeout: PATIENCE_MS, interval: 500 },
  )
  const arrived = calls()
  const promised = await slots.stop()

  const figures = figuresOf({ arrived, promised, downAtMs, upAtMs, busy: busy.chat.id, groups })
  console.info(figures)

  // Each delivery happened, and once; where the outage has swallowed an answer, at most once more.
  for (const one of waiting) {
    expect(one.copies()).toBeGreaterThanOrEqual(1)
    expect(one.copies()).toBeLessThanOrEqual(Math.max(1, await one.calls()))
  }

  // The bot. What the gate has promised is exact; on the way to Telegram, a machine that stands still gathers calls.
  expect(figures.mostPromised).toBeLessThanOrEqual(30)
  expect(figures.wayMs).not.toBeNull()
  const wayMs = figures.wayMs ?? 0
  const gathered = BOT.places * Math.ceil((1000 + wayMs) / BOT.windowMs)
  expect(figures.mostInASecond).toBeLessThanOrEqual(gathered)
  if (gathered <= 30) expect(figures.unprovoked).toBe(0)

  // The chats.
  expect(Math.max(...figures.mostInAMinuteOfAGroup)).toBeLessThanOrEqual(20)
  expect(figures.shortestSpanOfThreeInAPrivateChatMs).toBeGreaterThanOrEqual(1050 - LATE_MS - wayMs)

  // What was refused waits as long as it was told; so does everybody, when three were refused. Calls that were on
  // their way then could not know: without the pause there would be eighty.
  expect(refusals.hits()).toBe(3)
  expect(figures.afterRefusalMs).toBeGreaterThanOrEqual(1000 * RETRY_AFTER_S)
  expect(figures.inPause).toBeLessThan(40)

  // As many texts as there were would have taken half of the places.
  expect(figures.textsBeforePause).toBeLessThan(figures.callsBeforePause / 4)
})
