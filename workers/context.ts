import type { DataOf, InputOf, ResultOf, StageName } from '../queues/pipeline.ts'
import type { Logger } from '../src/shared/logger.ts'
import type { FailPoint } from './fail-point.ts'

/** How far a stage is with its work, as people see it on their ticket. */
export interface Progress {
  /** 0 to 100, null when nobody knows the whole. */
  percent: number | null
  doneBytes: number | null
  totalBytes: number | null
}

/** All that a handler may touch besides its own dependencies. */
export interface StageContext {
  /** Carries the ticket code on every line. */
  log: Logger
  /** Aborts on cancel, on a lost lock, on shutdown and on the stage's time limit. */
  signal: AbortSignal
  /** Counts from 1, for this job; crashes count too. Unique per run of a job: use it in the names of folders. */
  attempt: number
  /** When the job came into its queue. */
  addedAtMs: number
  /** A place between an effect and its record, where a test may kill the process (`fail-point.ts`). */
  failPoint: FailPoint
  /** Tells people. Cheap: call it as often as you like, it throttles. */
  progress(progress: Progress): void
}

/** What a stage gets: its job's data, and what the stage below handed over. */
export interface StageJob<N extends StageName> {
  data: DataOf<N>
  /** Null for a stage with none below, and for a `runsOnFailure` stage when the one below failed. */
  input: InputOf<N> | null
}

export type Handler<N extends StageName> = (job: StageJob<N>, context: StageContext) => Promise<ResultOf<N>>
