import { z } from 'zod'

/** Why a link was left out; codes of `failure.ts`. */
export const LeftOut = z.enum([
  ...['too_many', 'too_often', 'too_many_today', 'blocked', 'not_allowed', 'not_invited'],
] as const)
export type LeftOut = z.infer<typeof LeftOut>

/** A link that is not taken. */
export interface Refusal {
  code: LeftOut
  /** False: they have heard it a moment ago, or it would be noise. */
  isTold: boolean
  /** For a rate: links of its window, and when that began, by the clock of Redis. */
  links: number
  sinceMs: number
}

/** Who is let in, and how fast; from `people/quota.ts`. */
export interface Door {
  /** Requests that are not over. */
  most: number
  /** What they are told; '' when they may use the bot. */
  closed: 'not_allowed' | 'not_invited' | ''
  /** 0: any number. */
  linksPerMinute: number
  linksPerDay: number
}

/** The same word again within this is no news. In a group nobody is told that they may not: it would be noise. */
export const QUIET = {
  private: { access: 10_000, rate: 10_000 },
  group: { access: '', rate: 10 * 60_000 },
} as const
