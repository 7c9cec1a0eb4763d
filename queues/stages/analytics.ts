import { z } from 'zod'
import { AnalyticsEvent } from '../event.ts'
import { defineStage } from '../stage.ts'

/** So many events at most share a job. */
export const MOST_EVENTS = 500

/** Writes events to PostgreSQL. Jobs that run at once share one batch, and end when it is committed. */
export const analytics = defineStage({
  name: 'analytics',
  data: z.object({ events: z.array(AnalyticsEvent).min(1).max(MOST_EVENTS) }),
  input: z.null(),
  result: z.object({ inserted: z.number().int() }),
  // PostgreSQL may be away for long; events wait, nothing else does.
  attempts: 1000,
  backoffMs: 1000,
  timeoutMs: 60_000,
  // Of jobs that may hold 500 events each: more would not fit into the memory of a process.
  concurrency: () => 60,
})
