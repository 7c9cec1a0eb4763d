import DataLoader from 'dataloader'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { Keys } from './keys.ts'
import type { Scripts } from './scripts.ts'

/** Long after any job of the person has begun. */
const PERSON_TTL_MS = 24 * 3600_000

/** Stages with a clock: what people ask for lines up there. */
const FAIR_STAGES = ['intake', 'inspect', 'fetch', 'transcode'] as const
export type FairStage = (typeof FAIR_STAGES)[number]

export const isFair = (name: string): name is FairStage => FAIR_STAGES.some((stage) => stage === name)

/** The sets in which BullMQ keeps jobs that have a priority and have not begun. */
const NOT_BEGUN = ['prioritized', 'delayed', 'waiting-children']

const Priorities = z.array(z.number())

export interface Person {
  botId: number
  userId: number
}

export type Fairness = ReturnType<typeof createFairness>

/**
 * Fair shares by start-time fair queueing: a person's tenth link lines up behind everybody's first. It needs no
 * counter that a crash could leave wrong; jobs stay ordinary jobs with a priority. Each stage has a clock of its own.
 */
export function createFairness(redis: Redis, scripts: Scripts, keys: Keys) {
  /** Asks for all who come at the same moment at once. */
  const tagger = (stage: FairStage) =>
    new DataLoader<{ person: string; cost: number }, number>(
      async (asked) =>
        Priorities.parse(
          await scripts.fairTag(
            [keys.fairClock(stage), ...NOT_BEGUN.map((set) => `${keys.prefix}:${stage}:${set}`)],
            [keys.fairPerson(stage), PERSON_TTL_MS, ...asked.flatMap(({ person, cost }) => [person, cost])],
          ),
        ),
      // Nobody's next job has the priority of the last one.
      { cache: false, maxBatchSize: 100 },
    )
  const taggers = {
    intake: tagger('intake'),
    inspect: tagger('inspect'),
    fetch: tagger('fetch'),
    transcode: tagger('transcode'),
  } satisfies Record<FairStage, unknown>

  const priority = async (stage: FairStage, botId: number, userId: number, cost = 1): Promise<number> =>
    await taggers[stage].load({ person: `${botId}.${userId}`, cost })

  return {
    /** The priority (1 goes first) of a person's next job in a stage. `cost`: how many ordinary ones it is worth. */
    priority,

    /**
     * The priorities of a person's next production. Each stage by its own clock: with the tag of `fetch`, who comes
     * new would stand behind all that has been fetched, and waits, when `transcode` is what is slow.
     */
    async production(botId: number, userId: number): Promise<{ fetch: number; transcode: number }> {
      return {
        fetch: await priority('fetch', botId, userId),
        transcode: await priority('transcode', botId, userId),
      }
    },

    /** Says that a job of this priority has begun. */
    async started(stage: FairStage, priority: number): Promise<void> {
      await scripts.fairStarted([keys.fairClock(stage)], [priority])
    },

    /** Takes a place of a person for a job, for `leaseMs`; false when the person has `places` jobs there already. */
    async take(
      stage: FairStage,
      { botId, userId }: Person,
      jobId: string,
      places: number,
      leaseMs: number,
    ): Promise<boolean> {
      return (
        (await scripts.fairPlace([keys.fairPlaces(stage, botId, userId)], [jobId, places, leaseMs])) === 1
      )
    },

    /** Keeps the place of a job that runs, whatever became of its lease. */
    async keep(stage: FairStage, { botId, userId }: Person, jobId: string, leaseMs: number): Promise<void> {
      await scripts.fairPlace([keys.fairPlaces(stage, botId, userId)], [jobId, '', leaseMs])
    },

    async leave(stage: FairStage, { botId, userId }: Person, jobId: string): Promise<void> {
      await redis.zrem(keys.fairPlaces(stage, botId, userId), jobId)
    },
  }
}
