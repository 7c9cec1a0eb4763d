import { describe, expect, it } from 'vitest'
import { createRandom } from '../../playground/chaos/random.ts'
import { testRedis } from '../../playground/testing/services.ts'
import { BOT, LATE_MS } from './gate-limits.ts'
import { TAKE } from './gate-script.ts'

/**
 * The real script, on a clock that the test sets: minutes of load in seconds, the same on every machine. Its keys expire by
 * the clock of Redis: never, here.
 */
const { redis, prefix } = await testRedis()
const OWN_CLOCK = TAKE.replace(
  "redis.call('TIME')",
  '{ math.floor(ARGV[6] / 1000), ARGV[6] % 1000 * 1000 }',
).replaceAll('+ 5000', '+ 3600000')
const STARTED_AT_MS = 1_000_000
const HOLD_MS = 1500
/** Three processes, twenty calls at a time in each. */
const LANES = 60

interface Call {
  atMs: number
  isDelivery: boolean
}
interface Passed extends Call {
  grantedMs: number
}
type Random = ReturnType<typeof createRandom>

let round = 0
/** Plays the calls as workers make them: at most LANES at the gate, and who is turned away comes again. */
async function play(calls: Call[], random: Random): Promise<Passed[]> {
  const base = `${prefix}:${round++}`
  const queue: { atMs: number; call: Call; id: number; sinceMs: number | null }[] = []
  const add = (event: (typeof queue)[number]) =>
    queue.splice(queue.findLastIndex(({ atMs }) => atMs <= event.atMs) + 1, 0, event)
  for (const [id, call] of calls.entries()) add({ atMs: call.atMs, call, id, sinceMs: null })
  const parked: typeof queue = []
  const passed: Passed[] = []
  let free = LANES

  for (let event = queue.shift(); event; event = queue.shift()) {
    const { atMs, call, id } = event
    if (event.sinceMs === null) {
      if (free === 0) {
        parked.push(event)
        continue
      }
      free -= 1
    }
    const sinceMs = event.sinceMs ?? atMs
    const patienceMs = Math.max(0, Math.ceil(HOLD_MS - (atMs - sinceMs)))
    const args = [base, id, id, patienceMs, call.isDelivery ? '1' : '0', STARTED_AT_MS + Math.floor(atMs)]
    const answer: unknown = await redis.eval(OWN_CLOCK, 0, ...args)
    const [verdict, waitMs] = Array.isArray(answer) ? answer.map(Number) : []
    if (verdict === undefined || waitMs === undefined) throw new TypeError()
    // Timers are late.
    const againMs = atMs + waitMs + random.between(0, LATE_MS)
    if (verdict === 0) {
      add({ atMs: againMs, call, id, sinceMs })
      continue
    }
    if (verdict === 1) passed.push({ ...call, grantedMs: atMs })
    else add({ atMs: againMs, call, id, sinceMs: null })
    free += 1
    const next = parked.shift()
    if (next) add({ ...next, atMs })
  }
  expect(passed).toHaveLength(calls.length)
  return passed
}

const repeat = (count: number, call: (index: number) => Call): Call[] =>
  Array.from({ length: count }, (_, index) => call(index))

const lastingLoad = () => repeat(700, () => ({ atMs: 0, isDelivery: true }))
const LOADS: Record<string, (random: Random) => Call[]> = {
  'a lasting load': lastingLoad,
  'texts and deliveries': (random) =>
    repeat(700, () => ({ atMs: random.between(0, 28_000), isDelivery: random.chance(0.5) })),
  'bursts, and idle times between them': (random) => {
    let atMs = 0
    return repeat(40, () => ({ atMs: 0, isDelivery: true })).flatMap(() => {
      atMs += random.between(300, 2800)
      return repeat(random.between(1, 45), () => ({
        atMs: atMs + random.between(0, 10),
        isDelivery: random.chance(0.6),
      }))
    })
  },
}

const ascending = (times: readonly number[]) => [...times].sort((a, b) => a - b)
/** The most in a window, whose end does not belong to it. */
function mostIn(windowMs: number, times: readonly number[]): number {
  let first = 0
  const counts = ascending(times).map((at, index, all) => {
    while ((all[first] ?? at) <= at - windowMs) first++
    return index - first + 1
  })
  return Math.max(...counts)
}

/** The most in a second when no call gets out for so long, from any moment on. */
const worstStandstill = (times: readonly number[], forMs: number) =>
  Math.max(
    ...times.map((fromMs) => {
      const untilMs = fromMs + forMs
      return mostIn(
        1000,
        times.map((at) => (at >= fromMs && at < untilMs ? untilMs : at)),
      )
    }),
  )

describe('as Telegram sees it', () => {
  it.each(Object.entries(LOADS))('%s: never above 30 in a second', async (_, load) => {
    const random = createRandom(7)
    const passed = await play(load(random), random)
    const times = passed.map(({ grantedMs }) => grantedMs)
    // Each call is late by itself.
    for (let i = 0; i < 10; i++)
      expect(
        mostIn(
          1000,
          times.map((at) => at + random.between(0, 100)),
        ),
      ).toBeLessThanOrEqual(30)
    // All processes stand still together, at any moment.
    expect(worstStandstill(times, 100)).toBeLessThanOrEqual(30)
  })

  it('processes that stand still for longer gather the calls of that time only, no second burst', async () => {
    const passed = await play(lastingLoad(), createRandom(7))
    // When the first burst is over. Evenly spaced, 36 calls go out in 1.3 s.
    const times = passed.map(({ grantedMs }) => grantedMs).filter((at) => at > 10_000)
    expect(worstStandstill(times, 300)).toBeLessThanOrEqual(38)
  })
})

describe('what it costs', () => {
  it('a thousand deliveries are over within 5 % of the time that even spacing by 36 ms takes', async () => {
    const random = createRandom(7)
    const calls = repeat(1000, () => ({ atMs: 0, isDelivery: true }))
    const passed = await play(calls, random)
    const tookMs = Math.max(...passed.map(({ grantedMs }) => grantedMs))
    expect(tookMs).toBeLessThan(1.05 * 999 * 36)
  })

  it('twenty tickets and ten media pass at once, ten more as soon as a second allows', async () => {
    const tickets = repeat(20, () => ({ atMs: 0, isDelivery: false }))
    const media = repeat(20, () => ({ atMs: 400, isDelivery: true }))
    const passed = await play([...tickets, ...media], createRandom(7))
    const waits = ascending(passed.map(({ grantedMs, atMs }) => grantedMs - atMs))
    expect(waits.slice(0, 30)).toEqual(Array(30).fill(0))
    expect(Math.max(...passed.map(({ grantedMs }) => grantedMs))).toBeLessThanOrEqual(BOT.windowMs + LATE_MS)
  })

  it('a crowd of texts leaves places to deliveries', async () => {
    const texts = repeat(50, () => ({ atMs: 0, isDelivery: false }))
    const media = repeat(6, () => ({ atMs: 300, isDelivery: true }))
    const passed = await play([...texts, ...media], createRandom(7))
    const waits = passed.filter(({ isDelivery }) => isDelivery).map(({ grantedMs }) => grantedMs - 300)
    expect(waits).toEqual(Array(6).fill(0))
  })
})
