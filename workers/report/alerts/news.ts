import { z } from 'zod'
import { ALERT_IDS } from './rule.ts'

/** What is to be told of an alert. It waits in Redis until everybody has it who is to have it. */
export const AlertNews = z.object({
  /** The same news, told again, has the same id. */
  id: z.string(),
  alert: z.enum(ALERT_IDS),
  state: z.enum(['fired', 'resolved']),
  value: z.number(),
  limit: z.number(),
  /** Where, or how many: a stage, a site. */
  detail: z.string().nullable(),
  atMs: z.number(),
  /** How long it was wrong; null while it is. */
  lastedMs: z.number().nullable(),
})
export type AlertNews = z.infer<typeof AlertNews>
