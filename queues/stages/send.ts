import { z } from 'zod'
import { Ticket } from '../request.ts'
import { defineStage } from '../stage.ts'

/** Turns one ticket into its media. All it needs stands in Redis under the ticket and its media key. */
export const send = defineStage({
  name: 'send',
  data: z.object({ ticket: Ticket, round: z.number().int().positive() }),
  input: z.null(),
  result: z.object({ how: z.string() }),
  attempts: 20,
  backoffMs: 1000,
  timeoutMs: 30 * 60_000,
  concurrency: () => 20,
})
