import { z } from 'zod'
import type { Keys } from './keys.ts'
import type { Scripts } from './scripts.ts'

/** Long after any job of the person has begun. */
const PERSON_TTL_MS = 24 * 3600_000

export type Fairness = ReturnType<typeof createFairness>

/**
 * Fair shares by start-time fair queueing: a person's tenth link lines up behind everybody's first. It needs no
 * counter that a crash could leave wrong; jobs stay ordinary jobs with a priority.
 */
export function createFairness(scripts: Scripts, keys: Keys) {
  return {
    /** The priority (1 goes first) of a person's next production. */
    async priority(botId: number, userId: number): Promise<number> {
      const waiting = `${keys.prefix}:fetch:prioritized`
      return z
        .number()
        .parse(
          await scripts.fairTag(
            [keys.fairClock, waiting],
            [keys.fairPerson, `${botId}.${userId}`, PERSON_TTL_MS],
          ),
        )
    },

    /** Says that a job of this priority has begun. */
    async started(priority: number): Promise<void> {
      await scripts.fairStarted([keys.fairClock], [priority])
    },
  }
}
