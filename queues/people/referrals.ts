import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { Origin } from '../event.ts'
import type { Keys } from '../keys.ts'
import type { Scripts } from '../scripts.ts'

/** Crockford base32: nothing that people mistake for something else. 50 bits are not guessed. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const CODE_LENGTH = 10
/** What a code may look like in a link: others are not even looked up. */
const CODE = /^[0-9A-HJKMNP-TV-Z]{10}$/
const TRIES = 5

export interface Start {
  /** Where the person came from the first time ever. */
  source: z.infer<typeof Origin>
  campaign: string | null
  /** Who brought them. */
  referrerId: number | null
  /** It is their first start; also when its update comes again. */
  isNew: boolean
}

/** What a link says of where somebody comes from. */
export interface Touch {
  source: z.infer<typeof Origin>
  campaign: string | null
  code: string | null
}

export interface ReferralRules {
  /** More free downloads for who brings somebody. */
  bonus: number
  /** So many people a day bring a bonus. */
  mostPerDay: number
  /** So long after the newcomer's first start none is given yet: accounts made for it are gone by then. */
  waitMs: number
}

export interface Bonus {
  referrerId: number
  amount: number
  /** The update of the newcomer's first start: after "forget me" it is another one. */
  startedBy: string
}

const Started = z.tuple([Origin, z.string(), z.string(), z.enum(['', '1'])])
const Granted = z.union([
  z.tuple([z.coerce.number(), z.coerce.number(), z.string()]),
  z.tuple([z.number()]),
  z.tuple([]),
])

const newCode = () => [...randomBytes(CODE_LENGTH)].map((byte) => LETTERS[byte % LETTERS.length]).join('')

export type Referrals = ReturnType<typeof createReferrals>

/** Who brings whom. A link gives nobody anything by itself: whose code it is, and whether it counts, Redis says. */
export function createReferrals(redis: Redis, scripts: Scripts, keys: Keys) {
  const peopleOf = (botId: number) => keys.person(botId, 0).slice(0, -1)

  return {
    /** A /start, once per `origin` (the update). What the first one ever says stands for good. */
    async start(
      { botId, userId }: { botId: number; userId: number },
      { origin, touch, today }: { origin: string; touch: Touch; today: string },
      { bonus, mostPerDay, waitMs }: ReferralRules,
    ): Promise<Start> {
      const { source, campaign, code } = touch
      const [first, kept, referrer, isNew] = Started.parse(
        await scripts.start(
          [
            keys.person(botId, userId),
            code !== null && CODE.test(code) ? keys.referralCode(botId, code) : '',
          ],
          [origin, userId, source, campaign ?? '', peopleOf(botId), today, mostPerDay, bonus, waitMs],
        ),
      )
      return {
        source: first,
        campaign: kept === '' ? null : kept,
        referrerId: referrer === '' ? null : Number(referrer),
        isNew: isNew === '1',
      }
    },

    /** A person's own code, made the first time. */
    async codeOf(botId: number, userId: number): Promise<string> {
      for (let tries = 0; tries < TRIES; tries++) {
        const own = newCode()
        const code = z
          .string()
          .parse(
            await scripts.referralCode(
              [keys.person(botId, userId), keys.referralCode(botId, own)],
              [botId, userId, own],
            ),
          )
        if (code !== '') return code
      }
      throw new Error('no free referral code')
    },

    /** How many a person has brought, how many of them have had a file and counted, and what it gave. */
    async standing(botId: number, userId: number): Promise<{ came: number; counted: number; bonus: number }> {
      const [came, counted, bonus] = await redis.hmget(keys.person(botId, userId), 'came', 'counted', 'bonus')
      return { came: Number(came ?? 0), counted: Number(counted ?? 0), bonus: Number(bonus ?? 0) }
    },

    /**
     * After a file of somebody: the bonus of who brought them, once. It comes again until `bonusSaid`, so that its event
     * is never lost; null when there is none, and how long it still takes when it is too early.
     */
    async grantBonus(botId: number, userId: number): Promise<Bonus | { waitMs: number } | null> {
      const answer = Granted.parse(await scripts.grantBonus([keys.person(botId, userId)], [peopleOf(botId)]))
      if (answer.length === 0) return null
      if (answer.length === 1) return { waitMs: answer[0] }
      const [referrerId, amount, startedBy] = answer
      return { referrerId, amount, startedBy }
    },

    /** The event of a bonus is on its way. @returns true once: whoever hears it may tell the person */
    bonusSaid: async (botId: number, userId: number): Promise<boolean> =>
      (await redis.hdel(keys.person(botId, userId), 'bonusUnsaid')) === 1,

    /** They could not be told just now: `grantBonus` gives it again. */
    async bonusUnsaid(botId: number, userId: number, amount: number): Promise<void> {
      await redis.hset(keys.person(botId, userId), 'bonusUnsaid', amount)
    },
  }
}
