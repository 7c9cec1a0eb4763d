import { z } from 'zod'
import { Language } from '../request.ts'
import { defineStage } from '../stage.ts'

/**
 * Where an answer goes, and which update asks for it (or what else names it): the answer to one of them is given once.
 */
const to = {
  origin: z.string(),
  chatId: z.number().int(),
  threadId: z.number().int().nullable(),
  language: Language,
}
const person = { botId: z.number().int(), userId: z.number().int() }

export const Period = z.enum(['day', 'week', 'month'])
export type Period = z.infer<typeof Period>

/**
 * Numbers and records out of PostgreSQL, on their way to Telegram: what the schedule asks for (the digest, the weekly
 * report, alerts, notes of new people), and what a person or an admin asks for in the chat.
 */
export const report = defineStage({
  name: 'report',
  data: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('admin_analytics'), period: Period, ...to }),
    z.object({ kind: z.literal('admin_funnel'), ...to }),
    z.object({ kind: z.literal('export'), ...person, ...to }),
    z.object({ kind: z.literal('forget'), ...person, ...to }),
    /** Once more, some time after a `forget`: what had been on its way goes too, what came after `beforeMs` stays. */
    z.object({ kind: z.literal('forget_late'), ...person, beforeMs: z.number().int() }),
    /** `day`: the closed day that it is about, in REPORT_TZ; null for yesterday. Of `weekly`, the last of its week. */
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
export type ReportData = z.infer<typeof report.data>
