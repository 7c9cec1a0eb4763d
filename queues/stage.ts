import { ZodNull, type z } from 'zod'

/** The contract of a stage: everything about its jobs that others may know, and nothing of how it is done. */
export interface Stage<
  Name extends string = string,
  Data extends z.ZodType = z.ZodType,
  Input extends z.ZodType = z.ZodType,
  Result extends z.ZodType = z.ZodType,
> {
  name: Name
  /** What the producer puts into the job. */
  data: Data
  /** What the stage before hands over (z.null() for a stage with none before it). */
  input: Input
  /** Whether a stage stands before it in the flow of this job. */
  hasInput: (data: unknown) => boolean
  /** What this stage hands over. */
  result: Result
  /** Attempts for failures whose rule is `backoff`; crashes of a worker do not count. */
  attempts: number
  /** First delay of the exponential backoff. */
  backoffMs: number
  /** A handler that is still running after this is aborted and fails with `timeout`. */
  timeoutMs: number
  /** Jobs of this stage that one process runs at once, as a function of the machine's cores. */
  concurrency: (cores: number) => number
  /** True for a stage that must run even when the stage before it failed. */
  runsOnFailure: boolean
}

type Optional = 'attempts' | 'backoffMs' | 'runsOnFailure' | 'hasInput'

export function defineStage<
  Name extends string,
  Data extends z.ZodType,
  Input extends z.ZodType,
  Result extends z.ZodType,
>(
  stage: Omit<Stage<Name, Data, Input, Result>, Optional> &
    Partial<Pick<Stage<Name, Data, Input, Result>, Optional>>,
): Stage<Name, Data, Input, Result> {
  const hasInput = () => !(stage.input instanceof ZodNull)
  return { attempts: 3, backoffMs: 1000, runsOnFailure: false, hasInput, ...stage }
}
