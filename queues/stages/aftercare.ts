import { z } from 'zod'
import { Ticket } from '../request.ts'
import { defineStage } from '../stage.ts'

/** What follows a delivery and is no part of it: an ad, the survey, the word that a bonus came. Best effort, at most once. */
export const aftercare = defineStage({
  name: 'aftercare',
  data: z.object({ ticket: Ticket, round: z.number().int() }),
  input: z.null(),
  result: z.object({ done: z.array(z.string()) }),
  attempts: 5,
  timeoutMs: 60_000,
  concurrency: () => 4,
})
