import { z } from 'zod'
import { FAILURES, type FailureCode } from './failure.ts'
import { STAGE_NAMES, type StageName } from './pipeline.ts'
import { Ticket } from './request.ts'

/** `replaying`: somebody is at it, or has died over it; after a minute it can be taken up again. */
export const DeadLetterState = z.enum(['open', 'replaying', 'replayed', 'discarded'])
export type DeadLetterState = z.infer<typeof DeadLetterState>

/** Stage, job and moment of its end: the same failure is the same record, however often it is seen. */
export const DeadLetterId = z.string().regex(/^[a-z]+-[^\s/]{1,250}-\d{1,16}$/)

export const Stage = z.enum(STAGE_NAMES as [StageName, ...StageName[]])
export const Code = z.enum(Object.keys(FAILURES) as [FailureCode, ...FailureCode[]])

/** What became of a replay, or of a letter that somebody put away. */
export const Outcome = z.object({
  /**
   * `started`: a new generation; `joined`: one that was running; `sent`: the file was there; `again`: the same job once
   * more; `nobody`: nobody waits for it any more.
   */
  how: z.enum(['started', 'joined', 'sent', 'again', 'nobody', 'discarded']),
  /** The stage where the work began again; null when nothing was to be done. */
  from: Stage.nullable(),
  /** For how many people work goes on. */
  people: z.number().int(),
  jobId: z.string().nullable(),
})
export type Outcome = z.infer<typeof Outcome>

/** A job that failed for good: why, in which surroundings, and all that is needed to go on from its stage. */
export const DeadLetter = z.object({
  id: DeadLetterId,
  stage: Stage,
  jobId: z.string(),
  ticket: Ticket.nullable(),
  code: Code,
  /** As BullMQ kept it: the code, and a detail without links. */
  reason: z.string(),
  failedAtMs: z.number(),
  attempts: z.number().int(),
  /** How often a worker died under it: such an end leaves no words, and no versions. */
  crashes: z.number().int(),
  /** The extractor's name for the site, where one is known. */
  site: z.string().nullable(),
  mediaKey: z.string().nullable(),
  /** The last lines of the tool, oldest first. */
  stderr: z.array(z.string()),
  /** Of what ran: clipferry, node, yt-dlp, ffmpeg. */
  versions: z.record(z.string(), z.string()),
  /** Of the job. Null for intake: links are kept in one place only, and a replay takes the data from the job itself. */
  data: z.unknown(),
  /** What the stage below had handed over; null when there is none. */
  input: z.unknown(),
})
export type DeadLetter = z.infer<typeof DeadLetter>

/** A record with what has happened to it. */
export const KeptDeadLetter = DeadLetter.extend({
  state: DeadLetterState,
  changedAtMs: z.number().nullable(),
  /** `command` or `dashboard`. */
  changedBy: z.string().nullable(),
  outcome: Outcome.nullable(),
})
export type KeptDeadLetter = z.infer<typeof KeptDeadLetter>

/** One root cause: what failed in the same stage for the same reason at the same site. */
export interface DeadLetterGroup {
  stage: StageName
  code: FailureCode
  site: string | null
  count: number
  lastFailedAtMs: number
}
