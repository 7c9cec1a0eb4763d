import { z } from 'zod'
import type { Keys } from './keys.ts'
import type { Scripts } from './scripts.ts'

/** Long after any job of the person has begun. */
const PERSON_TTL_MS = 24 * 3600_000

export type Fairness = ReturnType<typeof createFairness>

/**
 * Fair shares by start-time fair queueing: a person's tenth link lines up behind everybody's first. It needs no
 * counter that a crash could leave wrong; jobs stay ordinary jobs with a priority. Each stage that people's work
 * enters by has a clock of its own.
 */
export function createFairness(scripts: Scripts, keys: Keys) {
  return {
    /** The priority (1 goes first) of a person's next job in a stage. */
    async priority(stage: 'inspect' | 'fetch', botId: number, userId: number): Promise<number> {
      const waiting = `${keys.prefix}:${stage}:prioritized`
      const person = `${botId}.${userId}`
      return z
        .number()
        .parse(
          await scripts.fairTag(
            [keys.fairClock(stage), waiting],
            [keys.fairPerson(stage), person, PERSON_TTL_MS],
          ),
        )
    },

    /** Says that a job of this priority has begun. */
    async started(stage: 'inspect' | 'fetch', priority: number): Promise<void> {
      await scripts.fairStarted([keys.fairClock(stage)], [priority])
    },
  }
}
