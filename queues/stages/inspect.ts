import { z } from 'zod'
import { Ticket } from '../request.ts'
import { defineStage } from '../stage.ts'

/** Finds out what a link offers, once for everyone who asked. Facts go to Redis (`facts.ts`), not into the job. */
export const inspect = defineStage({
  name: 'inspect',
  data: z.object({ ticket: Ticket, linkHash: z.string(), generation: z.number().int() }),
  input: z.null(),
  result: z.object({ mediaId: z.string() }),
  attempts: 3,
  backoffMs: 1000,
  timeoutMs: 60_000,
  concurrency: (cores) => cores,
})
