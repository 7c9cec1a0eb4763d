import type { Redis } from 'ioredis'
import { z } from 'zod'
import { ACTIONS } from '../../../queues/event.ts'
import { STAGE_NAMES, type StageName } from '../../../queues/pipeline.ts'
import type { Queues } from '../../../queues/queues.ts'
import type { Pool } from '../../shared/db/pool.ts'
import type { Logger } from '../../shared/logger.ts'
import { dayIn } from '../../shared/metrics/days.ts'
import { within } from '../deadline.ts'

/** Whoever has done something in this time is here now. */
const NOW_MINUTES = 5
/** Less than the time between two looks. */
const DEADLINE_MS = 4_000

const count = z.int().nonnegative()

/** What goes on at this moment. What cannot be reached is null, and named in `away`. */
export const LiveNumbers = z.object({
  atMs: count,
  stages: z
    .record(z.string(), z.object({ waiting: count, active: count }))
    .nullable()
    .describe('Jobs of each stage'),
  eventBatchesWaiting: count.nullable().describe('Batches of events that are not in PostgreSQL yet'),
  today: z
    .object({ day: z.iso.date(), deliveries: count, failures: count, people: count })
    .nullable()
    .describe('Since midnight of REPORT_TZ, as far as events have come'),
  peopleNow: count.nullable().describe(`People who did something in the last ${NOW_MINUTES} minutes`),
  away: z.array(z.enum(['redis', 'postgresql'])),
})
export type LiveNumbers = z.output<typeof LiveNumbers>

/** Each part reads one index from where the day, or the last minutes, begin. */
const NUMBERS = `
  WITH day AS (SELECT $1::date AS today, ($1::date)::timestamp AT TIME ZONE $2 AS since)
  SELECT
    (SELECT count(*) FROM downloads, day WHERE created_at >= day.since) AS deliveries,
    (SELECT count(*) FROM events, day WHERE name = 'download_failed' AND at >= day.since) AS failures,
    (SELECT count(DISTINCT user_id) FROM daily_active, day WHERE daily_active.day = day.today) AS people,
    (SELECT count(DISTINCT user_id) FROM events
      WHERE name = ANY($3) AND at >= now() - make_interval(mins => ${NOW_MINUTES})) AS now`
const whole = z.coerce.number().pipe(count)
const Numbers = z.object({ deliveries: whole, failures: whole, people: whole, now: whole })

interface LiveDeps {
  redis: Redis
  queues: Queues
  reader: Pool
  /** Days are of this time zone. */
  reportTz: string
  log: Logger
}

/** Reads them all; never throws, and takes no longer than 4 s. */
export function createLiveNumbers({ redis, queues, reader, reportTz, log }: LiveDeps) {
  const stage = async (name: StageName) => {
    const counts = await queues.queue(name).getJobCounts('wait', 'prioritized', 'delayed', 'active')
    const { wait = 0, prioritized = 0, delayed = 0, active = 0 } = counts
    // What maintenance has for later is its timetable, and no work.
    const later = name === 'maintenance' ? 0 : delayed
    return [name, { waiting: wait + prioritized + later, active }] as const
  }
  const stages = async () => {
    // Each queue would wait by itself until Redis is back.
    if (redis.status !== 'ready') throw new Error(`Redis is ${redis.status}`)
    return Object.fromEntries(await Promise.all(STAGE_NAMES.map(stage)))
  }
  const numbers = async (day: string) =>
    Numbers.parse((await reader.query(NUMBERS, [day, reportTz, [...ACTIONS]])).rows[0])
  const unlessAway = async <T>(who: string, work: Promise<T>): Promise<T | null> => {
    try {
      return await within(DEADLINE_MS, work)
    } catch (error) {
      log.debug({ err: error, who }, 'live numbers go without it')
      return null
    }
  }

  return async (): Promise<LiveNumbers> => {
    const atMs = Date.now()
    const day = dayIn(reportTz, atMs)
    const [jobs, known] = await Promise.all([
      unlessAway('redis', stages()),
      unlessAway('postgresql', numbers(day)),
    ])
    const events = jobs?.analytics
    return {
      atMs,
      stages: jobs,
      eventBatchesWaiting: events ? events.waiting + events.active : null,
      today: known && { day, deliveries: known.deliveries, failures: known.failures, people: known.people },
      peopleNow: known?.now ?? null,
      away: [...(jobs ? [] : (['redis'] as const)), ...(known ? [] : (['postgresql'] as const))],
    }
  }
}
