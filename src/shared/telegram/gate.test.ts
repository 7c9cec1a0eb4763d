import type { Redis } from 'ioredis'
import { beforeEach, describe, expect, it } from 'vitest'
import { testRedis } from '../../playground/testing/services.ts'
import { createGate, type Passage } from './gate.ts'
import { BOT, LATE_MS } from './gate-limits.ts'
import { GateBusy } from './telegram-error.ts'

/**
 * All times are those of Redis: what the gate promised, whatever this machine makes of it. A promise is used up to
 * LATE_MS late, never early.
 */
const BOT_ID = 7
const { redis, prefix: filePrefix } = await testRedis()

let round = 0
let prefix = ''
beforeEach(() => {
  prefix = `${filePrefix}:${round++}`
})

const calendarKey = () => `${prefix}:gate:${BOT_ID}:calendar`
const gates = (count: number, holdMs: number) =>
  Array.from({ length: count }, () => createGate({ redis, prefix, botId: BOT_ID, holdMs }))

async function redisNowMs(client: Redis): Promise<number> {
  const [seconds, micros] = await client.time()
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)
}

/** The slots in the calendar, by call; it forgets them after two seconds. */
async function slots(): Promise<Map<string, number>> {
  const flat = await redis.zrange(calendarKey(), 0, -1, 'WITHSCORES')
  return new Map(flat.flatMap((id, i) => (i % 2 === 0 ? [[id, Number(flat[i + 1])] as const] : [])))
}

const mostInAWindow = (times: number[], windowMs: number) =>
  Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length))

const passUntilThrough = async (gate: ReturnType<typeof createGate>, passage: Passage): Promise<void> => {
  for (;;) {
    try {
      return await gate.pass(passage)
    } catch (error) {
      if (!(error instanceof GateBusy)) throw error
      await new Promise((resolve) => setTimeout(resolve, error.waitMs))
    }
  }
}

const person = (chatId: number, isDelivery = true): Passage => ({ chatId, isDelivery })

describe('the whole bot', () => {
  it('never sends more than 30 in any second, from three processes', async () => {
    const seen = new Map<string, number>()
    const record = async () => {
      const now = await slots()
      const forgottenMs = (await redisNowMs(redis)) - 2000
      // A slot that is gone before its time was given back: its call came too late, and was turned away.
      for (const [id, at] of seen) if (at > forgottenMs && !now.has(id)) seen.delete(id)
      for (const [id, at] of now) seen.set(id, at)
    }
    const three = gates(3, 1500)
    const passages = Array.from({ length: 75 }, (_, i) => person(i + 1, i % 2 === 0))
    const all = passages.map((passage, i) => {
      const gate = three[i % 3]
      return gate ? passUntilThrough(gate, passage).then(record) : Promise.reject(new RangeError())
    })
    await Promise.all(all)
    const times = [...seen.values()].sort((a, b) => a - b)
    expect(times.length).toBeGreaterThanOrEqual(75)
    expect(mostInAWindow(times, BOT.windowMs)).toBeLessThanOrEqual(30)
  })

  it('lets deliveries go before a text that came earlier', async () => {
    const [gate] = gates(1, 20_000)
    if (!gate) throw new RangeError()
    const order: string[] = []
    const deliver = (chatId: number) => gate.pass(person(chatId)).then(() => order.push('delivery'))
    const first = Array.from({ length: 30 }, (_, i) => deliver(i + 1))
    await Promise.race(first)
    const text = gate.pass(person(100, false)).then(() => order.push('text'))
    const later = Array.from({ length: 20 }, (_, i) => deliver(i + 50))
    await Promise.all([...first, ...later, text])
    // A text that had a slot of its own would be the 31st.
    expect(order.indexOf('text')).toBeGreaterThan(40)
  })
})

describe('one chat', () => {
  it('gets two at once, then one a second; more is refused before anything is reserved', async () => {
    const [gate] = gates(1, 500)
    if (!gate) throw new RangeError()
    await gate.pass(person(1))
    await gate.pass(person(1))
    const before = await slots()
    const busy: unknown = await gate.pass(person(1)).catch((error: unknown) => error)
    expect(busy).toBeInstanceOf(GateBusy)
    expect(busy instanceof GateBusy && busy.waitMs).toBeGreaterThan(500)
    expect([...(await slots()).keys()].every((id) => before.has(id))).toBe(true)
    // Others are not concerned.
    await gate.pass(person(2))
  })

  it('waits in place for a slot that comes soon enough', async () => {
    const [gate] = gates(1, 5000)
    if (!gate) throw new RangeError()
    for (let i = 0; i < 3; i++) await gate.pass(person(1))
    const times = [...(await slots()).values()].sort((a, b) => a - b)
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(1000)
  })

  it('a group gets 20 a minute', async () => {
    const [gate] = gates(1, 0)
    if (!gate) throw new RangeError()
    for (const chatId of [-100_1, '@somewhere']) {
      for (let i = 0; i < 3; i++) await passUntilThrough(gate, { chatId, isDelivery: true })
      const busy: unknown = await gate.pass({ chatId, isDelivery: true }).catch((error: unknown) => error)
      // Three at once, then one each 3.5 s: 3 + 17 in a minute.
      expect(busy instanceof GateBusy && busy.waitMs).toBeGreaterThan(2000)
    }
  })

  it('an edit of an inline message, which has no chat, waits for the bot only', async () => {
    const [gate] = gates(1, 1000)
    if (!gate) throw new RangeError()
    for (let i = 0; i < 6; i++) await gate.pass({ chatId: null, isDelivery: true })
  })
})

describe('after a 429', () => {
  it('the chat waits, and nobody else', async () => {
    const [gate] = gates(1, 100)
    if (!gate) throw new RangeError()
    expect(await gate.penalize(1, 60_000)).toBe('chat')
    expect(await gate.penalize(1, 60_000)).toBe('chat')
    const busy: unknown = await gate.pass(person(1)).catch((error: unknown) => error)
    expect(busy instanceof GateBusy && busy.waitMs).toBeGreaterThan(50_000)
    await gate.pass(person(2))
  })

  it('what the chat was promised before is taken back, and two are not let through at once', async () => {
    const [gate] = gates(1, 20_000)
    if (!gate) throw new RangeError()
    for (let i = 0; i < 2; i++) await gate.pass(person(1))
    const before = await slots()
    const passed: number[] = []
    const promised = [1, 2].map(() =>
      gate.pass(person(1)).then(async () => void passed.push(await redisNowMs(redis))),
    )
    // Both have a slot, within two seconds.
    await expect.poll(async () => (await slots()).size, { interval: 5 }).toBeGreaterThan(before.size + 1)
    const refusedAtMs = await redisNowMs(redis)
    expect(await gate.penalize(1, 4000)).toBe('chat')
    await Promise.all(promised)
    const [first = 0, second = 0] = passed.sort((a, b) => a - b)
    expect(first).toBeGreaterThanOrEqual(refusedAtMs + 4000)
    expect(second - first).toBeGreaterThanOrEqual(1000 - LATE_MS)
  })

  it('the bot waits when three different chats were refused; so do those that had a slot', async () => {
    const [gate] = gates(1, 20_000)
    if (!gate) throw new RangeError()
    for (let i = 0; i < 3; i++) await gate.pass(person(-1))
    // Has a slot in 3.5 s, which falls into the pause.
    const promised = gate.pass(person(-1)).then(() => redisNowMs(redis))
    expect(await gate.penalize(11, 5000)).toBe('chat')
    expect(await gate.penalize(12, 5000)).toBe('chat')
    const pausedAtMs = await redisNowMs(redis)
    expect(await gate.penalize(13, 5000)).toBe('bot')
    await gate.pass(person(99, false))
    expect(await redisNowMs(redis)).toBeGreaterThanOrEqual(pausedAtMs + 5000)
    expect(await promised).toBeGreaterThanOrEqual(pausedAtMs + 5000)
  })
})

it('a slot that comes too late is given back and taken anew', async () => {
  const [gate] = gates(1, 60_000)
  if (!gate) throw new RangeError()
  await gate.pass(person(1))
  await gate.pass(person(1))
  const waiting = gate.pass(person(1))
  // A stalled process: its slot passes while it sleeps.
  let mine: string | undefined
  await expect.poll(async () => [...(await slots()).values()].some((at) => at > Date.now())).toBe(true)
  const now = await redisNowMs(redis)
  for (const [id, at] of await slots()) if (at > now) mine = id
  await redis.zadd(calendarKey(), now - 500, mine ?? '')
  await waiting
  expect((await slots()).get(mine ?? '')).toBeGreaterThanOrEqual(now)
})

it('asks nothing for a call that was let go a moment ago, and asks anew when that is over', async () => {
  const gone = redis.duplicate({ maxRetriesPerRequest: 0, enableOfflineQueue: false, lazyConnect: true })
  gone.on('error', () => undefined)
  const gate = createGate({ redis: gone, prefix, botId: BOT_ID, holdMs: 100 })
  const answered = (answeredAt: number) => ({
    ...{ ...gate.slotTerms(), answeredAt },
    verdict: [1, 0] satisfies [number, number],
  })
  // Ahead of now, so that no pause of this machine makes it old.
  await gate.pass(person(1), undefined, answered(performance.now() + 60_000))
  await expect(gate.pass(person(1), undefined, answered(performance.now() - LATE_MS))).rejects.toThrow(
    GateBusy,
  )
  gone.disconnect()
})

it('says busy while Redis is away', async () => {
  const gone = redis.duplicate({ maxRetriesPerRequest: 0, enableOfflineQueue: false, lazyConnect: true })
  gone.on('error', () => undefined)
  const gate = createGate({ redis: gone, prefix, botId: BOT_ID, holdMs: 100 })
  await expect(gate.pass(person(1))).rejects.toThrow(GateBusy)
  gone.disconnect()
})
