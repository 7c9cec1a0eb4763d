import { GrowthBookClient } from '@growthbook/growthbook'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { eventId } from '../event.ts'
import type { Events } from '../events.ts'
import type { Keys } from '../keys.ts'
import type { Scripts } from '../scripts.ts'

/**
 * Tests of what a change does. `maintenance` publishes those that run; who gets which variant follows from the person
 * and the test alone, and is kept from the moment that the person meets what the variant changes.
 */

/** What a test may change, and what a variant says about it. An empty configuration changes nothing. */
export const VARIANT_CONFIGS = {
  /** How many free downloads a person has, in place of FREE_DOWNLOADS. */
  free_downloads: z.object({ free: z.number().int().nonnegative() }),
  /** Which campaigns are shown; all without it. And what the ad says, in place of the campaign's own words. */
  ads: z.object({
    campaigns: z.array(z.number().int()).min(1).optional(),
    message: z.string().min(1).max(1000).optional(),
  }),
  /** What comes first under "What would you like?". */
  buttons: z.object({ order: z.enum(['video_first', 'audio_first']).default('video_first') }),
} as const
export type Subject = keyof typeof VARIANT_CONFIGS
type ConfigOf<S extends Subject> = z.infer<(typeof VARIANT_CONFIGS)[S]>

const testOn = <S extends Subject, C extends z.ZodType>(subject: S, config: C) =>
  z.object({
    subject: z.literal(subject),
    name: z.string().min(1),
    /** `share`: percent of all people. What is missing to 100 is in no variant. */
    variants: z
      .array(z.object({ name: z.string().min(1), share: z.number().min(0).max(100), config }))
      .min(1),
  })
export const RunningTest = z.discriminatedUnion('subject', [
  testOn('free_downloads', VARIANT_CONFIGS.free_downloads),
  testOn('ads', VARIANT_CONFIGS.ads),
  testOn('buttons', VARIANT_CONFIGS.buttons),
])
export type RunningTest = z.infer<typeof RunningTest>
type TestOn<S extends Subject> = Extract<RunningTest, { subject: S }>

/** What was true so long ago is looked up again, in the background; after a pause, before anything else. */
const FRESH_MS = 5000
const STALE_MS = 60_000

const growthBook = new GrowthBookClient({})

/** The name of the variant that a person is to get; null for who is outside the test. Pure. */
export function assign(test: RunningTest, botId: number, userId: number): string | null {
  const sum = test.variants.reduce((total, { share }) => total + share, 0)
  if (sum <= 0) return null
  // GrowthBook wants two; one alone takes part by its share all the same.
  const [first = '', second = first, ...others] = test.variants.map(({ name }) => name)
  const variations: [string, string, ...string[]] = [first, second, ...others]
  const weights = variations.map((_, index) => (test.variants[index]?.share ?? 0) / sum)
  const { inExperiment, value } = growthBook.runInlineExperiment(
    {
      ...{ key: test.name, variations, weights, coverage: Math.min(1, sum / 100) },
      // Version 1, the default, is biased when several tests run at once.
      ...{ hashVersion: 2, hashAttribute: 'id' },
    },
    { attributes: { id: `${botId}.${userId}` } },
  )
  return inExperiment ? value : null
}

/** Where a person's hash keeps the variant that they have met, and when, as long as the event of it is still to come. */
const kept = (test: string) => `test.${test}`
const unsaid = (test: string) => `unsaid.${test}`
const Met = z.tuple([z.string(), z.union([z.literal(''), z.coerce.number().int()])])

export type Experiments = ReturnType<typeof createExperiments>

export function createExperiments(
  redis: Redis,
  scripts: Scripts,
  events: Events,
  keys: Keys,
  { freshMs = FRESH_MS } = {},
) {
  let known: readonly RunningTest[] = []
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | undefined

  const read = async (): Promise<void> => {
    known = parseTests(await redis.get(keys.experiments))
    readAt = performance.now()
  }
  /** So nobody waits for Redis but the first one, and the first after a pause. */
  const running = async (): Promise<readonly RunningTest[]> => {
    const ageMs = performance.now() - readAt
    if (ageMs > freshMs) {
      reading ??= read().finally(() => {
        reading = undefined
      })
      if (ageMs > STALE_MS) await reading
      else reading.catch(() => undefined)
    }
    return known
  }
  /** Of two on the same subject the first one runs: nobody could say which of them a difference comes from. */
  const testOf = async <S extends Subject>(subject: S): Promise<TestOn<S> | undefined> =>
    (await running()).find((test): test is TestOn<S> => test.subject === subject)

  /** Says that a person has met a variant for the first time. Again, it is the same event. */
  const seen = async (
    botId: number,
    userId: number,
    test: string,
    { variant, atMs }: { variant: string; atMs: number },
  ): Promise<void> => {
    await events.publish({
      // Who was forgotten, and meets it again, is another.
      id: eventId('experiment_seen', botId, userId, test, atMs),
      name: 'experiment_seen',
      ...{ atMs, botId, userId, test, variant },
    })
    await redis.hdel(keys.person(botId, userId), unsaid(test))
  }

  return {
    running,
    seen,

    /**
     * For `free-limit.lua`, which decides in the script that counts: what runs on the free downloads, as its argument
     * ('' when nothing does). A variant that it says was met for the first time goes to `seen`, under this name.
     */
    async freeDownloads(botId: number, userId: number): Promise<{ test: string; argument: string }> {
      const test = await testOf('free_downloads')
      if (!test) return { test: '', argument: '' }
      const free = Object.fromEntries(test.variants.map(({ name, config }) => [name, config.free]))
      const assigned = assign(test, botId, userId)
      const argument = {
        ...{
          field: kept(test.name),
          unsaid: unsaid(test.name),
          free,
          least: Math.min(...Object.values(free)),
        },
        ...(assigned === null ? {} : { assigned }),
      }
      return { test: test.name, argument: JSON.stringify(argument) }
    },

    /** What a test says of the free downloads of a person, who does not meet it by this; null when none does. */
    async freeOf(botId: number, userId: number): Promise<number | null> {
      const test = await testOf('free_downloads')
      if (!test) return null
      const met = await redis.hget(keys.person(botId, userId), kept(test.name))
      const freeIn = (variant: string | null) =>
        test.variants.find(({ name }) => name === variant)?.config.free
      return freeIn(met) ?? freeIn(assign(test, botId, userId)) ?? null
    },

    /** A person meets what a test changes now: what is so for them, null when it is as always. */
    async meet<S extends Subject>(subject: S, botId: number, userId: number): Promise<ConfigOf<S> | null> {
      const test = await testOf(subject)
      if (!test) return null
      const assigned = assign(test, botId, userId)
      const names = test.variants.map(({ name }) => name)
      const [variant, atMs] = Met.parse(
        await scripts.meet(
          [keys.person(botId, userId)],
          [kept(test.name), unsaid(test.name), assigned ?? '', ...names],
        ),
      )
      const met = test.variants.find(({ name }) => name === variant)
      if (!met) return null
      if (atMs !== '') await seen(botId, userId, test.name, { variant, atMs })
      // The schema of the test has made it so; the compiler cannot follow a union through `find`.
      return met.config as ConfigOf<S>
    },
  }
}

/** One test that cannot be read must not stop the others. */
function parseTests(stored: string | null): RunningTest[] {
  if (stored === null) return []
  try {
    const tests = z.array(z.unknown()).parse(JSON.parse(stored))
    return tests.flatMap((test) => RunningTest.safeParse(test).data ?? [])
  } catch {
    return []
  }
}
