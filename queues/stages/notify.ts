import { z } from 'zod'
import { Ticket } from '../request.ts'
import { defineStage } from '../stage.ts'

/**
 * Brings a ticket's text up to date. The text is made from what is true when the job runs, so a job that a
 * newer one has overtaken (`view` is not the latest) has nothing to do.
 */
export const notify = defineStage({
  name: 'notify',
  data: z.object({ ticket: Ticket, view: z.number().int().positive() }),
  input: z.null(),
  result: z.object({ how: z.string() }),
  attempts: 12,
  backoffMs: 1000,
  timeoutMs: 60_000,
  concurrency: () => 20,
})
