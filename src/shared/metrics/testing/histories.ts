import { session, something, start } from './happenings.ts'
import { type Seeded, seeded } from './seeded.ts'

/** An event as queues/event.ts has it; the tests that use it parse it with that schema. */
export interface HistoryEvent {
  id: string
  name: string
  atMs: number
  botId: number
  userId: number | null
  [prop: string]: unknown
}

export interface HistoryOptions {
  seed: number
  people: number
  /** Midnight there of the first day, and how many days follow. */
  startMs: number
  days: number
  botIds: readonly [number, ...number[]]
  /** Midnights of the time zone that is tested: much happens within a second of them. */
  midnightsMs: readonly number[]
}

const DAY_MS = 24 * 3600_000
/** A random history: people of several bots who come, ask, fail, invite and leave; with repetitions, in no order. */
export function history(options: HistoryOptions): HistoryEvent[] {
  const random = seeded(options.seed)
  const events: HistoryEvent[] = []
  const people = Array.from({ length: options.people }, (_, n) => 1000 + n)
  const there: Person[] = []
  for (const userId of people)
    for (const botId of options.botIds) if (random.chance(0.6)) there.push({ userId, botId })
  for (const person of there) live(random, options, person, events)
  invite(random, options, there, events)
  for (let n = 0; n < options.days; n++)
    if (random.chance(0.3))
      events.push({
        ...{
          name: 'bot_error',
          botId: random.pick(options.botIds),
          userId: random.chance(0.5) ? random.pick([1000, 1001]) : null,
        },
        ...{
          atMs: momentOf(random, options, n),
          id: `error-${n}`,
          ticket: null,
          stage: random.pick(['bot', 'send']),
          code: random.pick(['internal', 'network']),
        },
      })
  const repeated = events.filter(() => random.chance(0.1))
  return random.shuffle([...events, ...repeated])
}

interface Person {
  userId: number
  botId: number
}

/** A moment of the n-th day; now and then the last or the first of some day. */
function momentOf(random: Seeded, { startMs, midnightsMs }: HistoryOptions, day: number): number {
  const midnight = midnightsMs[day]
  if (midnight !== undefined && random.chance(0.15)) return midnight + random.pick([-1, 0, -1000, 1, 999])
  return startMs + day * DAY_MS + random.below(DAY_MS)
}

function live(
  random: Seeded,
  options: HistoryOptions,
  { userId, botId }: Person,
  events: HistoryEvent[],
): void {
  const taken = new Set<number>()
  let count = 0
  const add = (name: string, aboutMs: number, props: object) => {
    let atMs = aboutMs
    // No two of a person at once: which came first would be left to chance.
    while (taken.has(atMs)) atMs++
    taken.add(atMs)
    events.push({ ...props, id: `${name}-${botId}-${userId}-${++count}`, name, atMs, botId, userId })
  }
  const firstDay = random.below(options.days)
  const faithfulness = random.next()
  let days = 0
  for (let day = firstDay; day < options.days; day++) {
    if (day > firstDay && !random.chance(faithfulness * 0.6)) continue
    let atMs = momentOf(random, options, day)
    if ((days === 0 && random.chance(0.8)) || random.chance(0.05)) add('bot_start', atMs, start(random))
    if (random.chance(0.7)) add('session_start', atMs, session(random, ++days))
    for (let n = random.below(7); n > 0; n--) {
      // Now and then exactly as long as a window is.
      atMs += random.chance(0.05) ? random.pick([DAY_MS, 7 * DAY_MS]) : random.below(3 * 3600_000)
      const [name, props] = something(random)
      add(name, atMs, props)
    }
  }
}

/** Some people bring others, each of them brought once: to the bot where their code is from. */
function invite(random: Seeded, options: HistoryOptions, there: Person[], events: HistoryEvent[]): void {
  const active = new Set(events.map(({ botId, userId }) => `${botId} ${userId}`))
  for (const { botId, userId: referredUserId } of there) {
    const by = there[random.below(there.length)]
    if (!by || by.botId !== botId || by.userId === referredUserId || !active.has(`${botId} ${by.userId}`))
      continue
    const atMs = momentOf(random, options, random.below(options.days))
    const id = `user_referred-${botId}-${referredUserId}`
    events.push({ id, name: 'user_referred', atMs, botId, userId: by.userId, referredUserId })
  }
}
