import { z } from 'zod'
import { Language } from '../request.ts'
import { defineStage } from '../stage.ts'

/** Where an answer goes. */
const to = { chatId: z.number().int(), threadId: z.number().int().nullable(), language: Language }

/**
 * Numbers and records out of PostgreSQL, on their way to Telegram: what the schedule asks for (the digest, the weekly
 * report, alerts, notes of new people), and what a person or an admin asks for in the chat.
 */
export const report = defineStage({
  name: 'report',
  data: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('admin_analytics'), period: z.enum(['day', 'week', 'month']), ...to }),
    z.object({ kind: z.literal('admin_funnel'), ...to }),
    z.object({ kind: z.literal('export'), botId: z.number().int(), userId: z.number().int(), ...to }),
    z.object({ kind: z.literal('forget'), botId: z.number().int(), userId: z.number().int(), ...to }),
    /** `day`: the closed day that it is about, in REPORT_TZ; null for yesterday. */
    z.object({ kind: z.literal('digest'), day: z.iso.date().nullable() }),
    z.object({ kind: z.literal('weekly'), day: z.iso.date().nullable() }),
    z.object({ kind: z.literal('new_people') }),
    z.object({ kind: z.literal('alerts') }),
  ]),
  input: z.null(),
  result: z.object({ done: z.string() }),
  attempts: 20,
  backoffMs: 2000,
  timeoutMs: 2 * 60_000,
  concurrency: () => 2,
})
