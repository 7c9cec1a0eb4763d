import { z } from 'zod'
import { FormatId } from '../media.ts'
import { Asker, Ticket } from '../request.ts'
import { defineStage } from '../stage.ts'

/** What one update asks for, or what an inspection found. */
export const IntakeData = z.discriminatedUnion('kind', [
  /** New links in a message. `links` are canonical and judged; personal, so formatters hide them. */
  z.object({
    kind: z.literal('links'),
    asker: Asker,
    origin: z.string(),
    links: z.array(z.url()).min(1).max(20),
    receivedAtMs: z.number(),
    /** When the person sent it, by Telegram's clock. */
    sentAtMs: z.number().nullish(),
    /** Of the person's app, as Telegram has it. */
    languageCode: z.string().max(35).nullish(),
  }),
  /** A press on a format button. */
  z.object({ kind: z.literal('choice'), ticket: Ticket, format: FormatId }),
  /** A press on Retry. */
  z.object({ kind: z.literal('retry'), ticket: Ticket }),
  /** A press on Other quality, while the standing choice is being made. */
  z.object({ kind: z.literal('other'), ticket: Ticket }),
  /** A press on Cancel. */
  z.object({ kind: z.literal('cancel'), ticket: Ticket }),
  /** /cancel: everything of one person in one chat. */
  z.object({ kind: z.literal('cancel_all'), botId: z.number(), chatId: z.number(), userId: z.number() }),
  /** The root of an inspection's flow: takes everyone who waits for the facts a step further. */
  z.object({
    kind: z.literal('inspected'),
    ticket: Ticket,
    linkHash: z.string(),
    generation: z.number().int(),
  }),
  /** The next step of a request. With a round: its delivery of this round found nothing to deliver, it starts over. */
  z.object({ kind: z.literal('resume'), ticket: Ticket, round: z.number().int().positive().nullable() }),
])
export type IntakeData = z.infer<typeof IntakeData>

export const intake = defineStage({
  name: 'intake',
  data: IntakeData,
  /** The media id, when an inspection stands below; see `inspect`. */
  input: z.object({ mediaId: z.string() }).nullable(),
  hasInput: (data) => data instanceof Object && 'kind' in data && data.kind === 'inspected',
  result: z.object({ decisions: z.array(z.string()) }),
  attempts: 10,
  backoffMs: 200,
  timeoutMs: 30_000,
  concurrency: () => 20,
  runsOnFailure: true,
})
