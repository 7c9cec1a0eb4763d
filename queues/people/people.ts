import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { Keys } from '../keys.ts'
import type { Scripts } from '../scripts.ts'
import type { CalendarDay } from './calendar.ts'

/** A longer pause between two actions begins a session: exactly 30:00 is still the old one. */
const SESSION_GAP_MS = 30 * 60_000
const DAY_MS = 24 * 3600_000

const orNull = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === undefined || value === '' ? null : value), schema.nullable())
const count = z.preprocess((value) => value ?? 0, z.coerce.number().int())
const id = z.coerce.number().int()
const flag = z.preprocess((value) => value === '1', z.boolean())

/** What is known of one person at one bot, as their Redis hash holds it. Who has never been here is a new one. */
export const Person = z.object({
  firstSeenMs: orNull(id),
  lastSeenMs: orNull(id),
  /** Counted from 1; 0 for who never did anything. */
  sessions: count,
  /** When the last session began. */
  sessionAtMs: orNull(id),
  language: orNull(z.string()),
  /** Where they first came from, fixed at their first /start. */
  source: orNull(z.enum(['organic', 'referral', 'campaign'])),
  campaign: orNull(z.string()),
  referrerId: orNull(id),
  /** Their own referral code, once they have asked for it. */
  code: orNull(z.string()),
  invited: flag,
  /** No free limit. */
  isPaid: flag,
  isBlocked: flag,
  /** Free downloads that are taken: work that was done for them, and delivered, or still on its way. */
  used: count,
  /** More of them, for people that they brought. */
  bonus: count,
  /** So many in place of FREE_DOWNLOADS, by an admin's word. 0: no limit. */
  freeLimit: orNull(id),
  /** The highest free limit that they have run into. */
  reached: count,
  /** Files that this bot has brought them. */
  delivered: count,
  lastSurveyMs: orNull(id),
})
export type Person = z.infer<typeof Person>

/** What a person's action says about them. */
export interface Seen {
  /** It is the first one ever. */
  isNew: boolean
  /** Of the session that it begins; null when it goes on with one. */
  ordinal: number | null
  /** When; of an action without a time of its own, when it was first noted. */
  atMs: number
  daysSinceFirst: number
  /** From the end of the session before; null for the first one, and when none begins. */
  daysSinceLast: number | null
  isBlocked: boolean
  invited: boolean
  /** Null until a first /start has said it. */
  source: string | null
}

const SeenAnswer = z.tuple([
  flag,
  orNull(id),
  id,
  id,
  orNull(id),
  flag,
  flag,
  z.string().transform((source) => source || null),
])
const fullDays = (ms: number) => Math.max(0, Math.floor(ms / DAY_MS))

export type People = ReturnType<typeof createPeople>

/** People in Redis: all that may be looked at on the way of a request. */
export function createPeople(redis: Redis, scripts: Scripts, keys: Keys) {
  return {
    async get(botId: number, userId: number): Promise<Person> {
      return Person.parse(await redis.hgetall(keys.person(botId, userId)))
    },

    /**
     * Notes that a person does something of their own accord, in one step however many do at once.
     * @param action `origin` names it: again, it says the same. `atMs` null: now, by the clock of Redis.
     */
    async seen(
      botId: number,
      userId: number,
      { origin, atMs, language }: { origin: string; atMs: number | null; language: string },
    ): Promise<Seen> {
      const [isNew, ordinal, when, firstMs, lastMs, isBlocked, invited, source] = SeenAnswer.parse(
        await scripts.seen([keys.person(botId, userId)], [origin, atMs ?? '', SESSION_GAP_MS, language]),
      )
      return {
        ...{ isNew, ordinal, atMs: when, isBlocked, invited, source },
        daysSinceFirst: fullDays(when - firstMs),
        daysSinceLast: ordinal === null || lastMs === null ? null : fullDays(when - lastMs),
      }
    },

    /** What admins say about a person; `freeLimit` null takes their word back. */
    async change(
      botId: number,
      userId: number,
      change: Partial<Pick<Person, 'isBlocked' | 'isPaid' | 'freeLimit'>>,
    ): Promise<void> {
      const key = keys.person(botId, userId)
      for (const [field, value] of Object.entries(change)) {
        if (value === null || value === false) await redis.hdel(key, field)
        else await redis.hset(key, field, value === true ? '1' : value)
      }
      // Last: whoever looks at it finds the change.
      await redis.zadd(keys.peopleChanged, Date.now(), `${botId}.${userId}`)
    },

    /** Files that a person has had: in all, on a day, and in its month. */
    async downloads(userId: number, { day, month }: CalendarDay) {
      const [total, today, thisMonth] = await redis.mget(
        keys.downloadsTotal(userId),
        keys.downloadsOfDay(userId, day),
        keys.downloadsOfMonth(userId, month),
      )
      return { total: Number(total ?? 0), today: Number(today ?? 0), thisMonth: Number(thisMonth ?? 0) }
    },
  }
}
