import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { Keys } from './keys.ts'

/** States that people would have waited in: each is a gap that something fell through. */
export const MENDS = [
  // What people are owed, by the reconciler.
  'forgotten',
  'restarted',
  'flow_again',
  'root_again',
  'send_again',
  'gave_up',
  'told_again',
  // What nobody is owed, and the next one would stumble over, by the watchdog.
  'inflight_without_work',
  'production_without_root',
  'production_after_its_end',
  'waiter_who_does_not_wait',
  'drain_left',
  // What a wrong clock has put off.
  'late_job',
  'late_schedule',
] as const
export type Mend = (typeof MENDS)[number]

/** What is left lying about, and taken away when it is old. */
export type Sweep = 'artifacts' | 'scratch' | 'uploads' | 'objects'

/** So much of a logger as it takes here: pino's puts the fields first. */
interface Log {
  warn(fields: object, message: string): void
  info(fields: object, message: string): void
}

export type Mends = ReturnType<typeof createMends>

/** Repairs, counted: how often, says the start page of the dashboard; whose, says the log. */
export function createMends(redis: Redis, keys: Keys) {
  return {
    /** One state was found broken and is mended. `fields` say where: tickets, no links. */
    async mended(mend: Mend, log: Log, fields: object): Promise<void> {
      await redis.hincrby(keys.mended, mend, 1)
      log.warn({ ...fields, mend }, 'mended')
    },

    /** So many things that nobody needed any more are gone. */
    async swept(sweep: Sweep, count: number, log: Log): Promise<void> {
      if (count === 0) return
      await redis.hincrby(keys.mended, `swept_${sweep}`, count)
      log.info({ sweep, count }, 'swept')
    },

    /** All that was ever mended or swept, by kind. */
    all: async (): Promise<Record<string, number>> =>
      z.record(z.string(), z.coerce.number()).parse(await redis.hgetall(keys.mended)),
  }
}
