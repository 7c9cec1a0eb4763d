import { createHash } from 'node:crypto'
import { z } from 'zod'

/**
 * What analytics may know. Each event answers a question (in brackets); none holds a link or a person's text.
 * The id is derived from what happened and the time is fixed at birth, so a repeated event is one row.
 */
const at = { id: z.string(), atMs: z.number(), botId: z.number() }

export const AnalyticsEvent = z.discriminatedUnion('name', [
  /** [Where do people come from?] */
  z.object({
    ...at,
    name: z.literal('bot_start'),
    userId: z.number(),
    source: z.enum(['organic', 'referral', 'campaign']),
    campaign: z.string().nullable(),
    referralCode: z.string().nullable(),
    language: z.string(),
  }),
  /** [Who brings whom?] */
  z.object({ ...at, name: z.literal('user_referred'), userId: z.number(), referralCode: z.string() }),
  /** [What do people press?] */
  z.object({
    ...at,
    name: z.literal('view_clicked'),
    userId: z.number(),
    ticket: z.string(),
    button: z.string(),
  }),
  /** [What is fetched, how fast, how often from the cache?] */
  z.object({
    ...at,
    name: z.literal('download_completed'),
    userId: z.number(),
    ticket: z.string(),
    source: z.enum(['message', 'inline', 'deep_link', 'group']),
    platform: z.string(),
    mediaKey: z.string(),
    height: z.number().nullable(),
    sizeBytes: z.number(),
    cached: z.boolean(),
    waitedMs: z.number(),
  }),
  /** [What breaks for people?] */
  z.object({
    ...at,
    name: z.literal('bot_error'),
    userId: z.number().nullable(),
    ticket: z.string().nullable(),
    stage: z.string(),
    code: z.string(),
  }),
])
export type AnalyticsEvent = z.infer<typeof AnalyticsEvent>

/** The id of an event: the same happening gives the same id, whoever reports it. */
export function eventId(name: AnalyticsEvent['name'], ...what: (string | number)[]): string {
  return createHash('sha256')
    .update([name, ...what].join('|'))
    .digest('hex')
    .slice(0, 32)
}
