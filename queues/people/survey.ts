import type { Redis } from 'ioredis'
import { z } from 'zod'
import { eventId, type Happening, Pmf, UsefulFor } from '../event.ts'
import type { Keys } from '../keys.ts'
import type { Scripts } from '../scripts.ts'

const DAY_MS = 24 * 3600_000
/** Who is asked; `delivery.lua` looks whether it may be somebody's time. */
export const SURVEY_RULES = {
  /** A person is asked at most so often. */
  gapMs: 90 * DAY_MS,
  /** After so many files, or after a limit. */
  afterFiles: 10,
}
/** So long a question waits for its answer; then the survey ends with what there is. */
const WAIT_MS = { pmf: 7 * DAY_MS, usefulFor: DAY_MS, words: 3600_000 }
/** While PostgreSQL is away for longer, answers are lost. */
const KEPT_MS = 60 * DAY_MS
const MOST_WORDS = 500

export type Answer =
  | { step: 'pmf'; value: z.infer<typeof Pmf> }
  | { step: 'usefulFor'; value: z.infer<typeof UsefulFor> }
/** What the survey waits for now; null when it is over, or another one. */
export type NextStep = 'usefulFor' | 'words' | null

/** A survey as its hash has it, when it has ended. */
export const Survey = z.object({
  askedAtMs: z.coerce.number().int(),
  pmf: Pmf,
  usefulFor: UsefulFor.nullish().transform((value) => value ?? null),
  words: z
    .string()
    .nullish()
    .transform((value) => value || null),
})
export type Survey = z.infer<typeof Survey>

const Step = z.enum(['usefulFor', 'words', '']).transform((step) => step || null)
const orNull = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? null : value), schema.nullable())
const Ended = z.tuple([
  z.coerce.number(),
  Pmf,
  orNull(UsefulFor),
  z.enum(['0', '1']).transform((flag) => flag === '1'),
  z.coerce.number(),
  z.coerce.number(),
])
const MaybeEnded = z.union([Ended, z.tuple([])])

/** How a survey ends: in words, without them, or because nobody answers any more. `by` names who ends it. */
export type Ending =
  | { how: 'words'; by: string; words: string }
  | { how: 'skip'; by: string; askedAtMs: number }
  | { how: 'late'; by: string }

export type Surveys = ReturnType<typeof createSurveys>

/** Would they miss us, what for, and in their words. Words stand in one place of Redis until PostgreSQL has them. */
export function createSurveys(redis: Redis, scripts: Scripts, keys: Keys) {
  const of = (botId: number, userId: number) => [
    keys.person(botId, userId),
    keys.survey(botId, userId),
    keys.surveys,
  ]
  const member = (botId: number, userId: number) => `${botId}.${userId}`

  return {
    /** Before somebody is asked. @returns when, which names the survey; null when it is not their time. */
    async begin(botId: number, userId: number): Promise<number | null> {
      const askedAtMs = z.coerce
        .number()
        .parse(
          await scripts.surveyBegin(of(botId, userId), [
            member(botId, userId),
            ...[SURVEY_RULES.gapMs, SURVEY_RULES.afterFiles, WAIT_MS.pmf, KEPT_MS],
          ]),
        )
      return askedAtMs === 0 ? null : askedAtMs
    },

    /** The question was certainly not sent: it may be tried again. */
    async release(botId: number, userId: number): Promise<void> {
      const [person = '', survey = ''] = of(botId, userId)
      await redis
        .multi()
        .hdel(person, 'lastSurveyMs')
        .del(survey)
        .zrem(keys.surveys, member(botId, userId))
        .exec()
    },

    /** Takes an answer, the first time. @returns what is asked next, also when it was taken before */
    async answer(
      botId: number,
      userId: number,
      askedAtMs: number,
      { step, value }: Answer,
    ): Promise<NextStep> {
      const waitMs = step === 'pmf' ? WAIT_MS.usefulFor : WAIT_MS.words
      return Step.parse(
        await scripts.surveyAnswer(of(botId, userId), [
          member(botId, userId),
          ...[askedAtMs, step, value, waitMs],
        ]),
      )
    },

    /** Ends a survey. @returns its event, also when the same one ends it again; null when there is nothing to end */
    async end(botId: number, userId: number, ending: Ending): Promise<Happening | null> {
      const words = ending.how === 'words' ? shortened(ending.words) : ''
      const answer = MaybeEnded.parse(
        await scripts.surveyEnd(of(botId, userId), [
          ...[member(botId, userId), ending.how, ending.by, words],
          ending.how === 'skip' ? ending.askedAtMs : '',
        ]),
      )
      if (answer.length === 0) return null
      const [askedAtMs, pmf, usefulFor, hasWords, downloads, firstSeenMs] = answer
      const daysSinceFirst = Math.max(0, Math.floor((askedAtMs - firstSeenMs) / DAY_MS))
      return {
        id: eventId('survey_completed', botId, userId, askedAtMs),
        name: 'survey_completed',
        ...{ botId, userId, pmf, usefulFor, hasWords, downloads, daysSinceFirst },
      }
    },

    /** People whose survey is to be looked after by now: nobody answers any more, or it has ended. */
    async due(most: number): Promise<{ botId: number; userId: number }[]> {
      const [seconds] = await redis.time()
      const members = await redis.zrangebyscore(keys.surveys, '-inf', `${seconds}999`, 'LIMIT', 0, most)
      return members.map((one) => {
        const [botId, userId] = one.split('.').map(Number)
        return { botId: botId ?? 0, userId: userId ?? 0 }
      })
    },

    /** What somebody has answered, once that has ended. */
    async ended(botId: number, userId: number): Promise<Survey | null> {
      const stored = await redis.hgetall(keys.survey(botId, userId))
      return stored.endedBy ? (Survey.safeParse(stored).data ?? null) : null
    },

    /** PostgreSQL has it, or there is nothing to keep. */
    async forget(botId: number, userId: number, askedAtMs: number | null): Promise<void> {
      await scripts.surveyForget(of(botId, userId), [member(botId, userId), askedAtMs ?? ''])
    },
  }
}

/** What PostgreSQL takes: whole characters, no NUL, and not too many. */
const shortened = (words: string): string =>
  [...words.toWellFormed().replaceAll('\0', '').trim()].slice(0, MOST_WORDS).join('')
