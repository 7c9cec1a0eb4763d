import { z } from 'zod'
import { ProductionData } from '../production.ts'
import { defineStage } from '../stage.ts'
import { transcode } from './transcode.ts'

/** Ends a production: takes all waiters at once and gives each its delivery, or the reason why there is none. */
export const publish = defineStage({
  name: 'publish',
  data: ProductionData,
  input: transcode.result,
  result: z.object({ outcome: z.string(), waiters: z.number().int() }),
  attempts: 20,
  backoffMs: 500,
  timeoutMs: 60_000,
  concurrency: () => 10,
  runsOnFailure: true,
})
