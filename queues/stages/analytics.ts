import { z } from 'zod'
import { AnalyticsEvent } from '../event.ts'
import { defineStage } from '../stage.ts'

/** Writes events to PostgreSQL. Jobs that run at once share one batch, and end when it is committed. */
export const analytics = defineStage({
  name: 'analytics',
  data: AnalyticsEvent,
  input: z.null(),
  result: z.object({ inserted: z.boolean() }),
  // PostgreSQL may be away for long; events wait, nothing else does.
  attempts: 1000,
  backoffMs: 1000,
  timeoutMs: 60_000,
  concurrency: () => 500,
})
