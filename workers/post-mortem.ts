import type { Job } from 'bullmq'
import { type FailureCode, StageError } from '../queues/failure.ts'
import type { PostMortem } from '../queues/post-mortem.ts'
import { lastWords } from '../src/shared/last-words.ts'
import type { Logger } from '../src/shared/logger.ts'
import type { Versions } from './versions.ts'

/** Writes down why an attempt failed, into the log of its job. Never throws: the failure itself is what counts. */
export async function writePostMortem(
  job: Job,
  { error, code, versions, log }: { error: unknown; code: FailureCode; versions: Versions; log: Logger },
): Promise<void> {
  try {
    const postMortem: PostMortem = {
      attempt: job.attemptsStarted,
      atMs: Date.now(),
      code,
      versions: await versions(),
      stderr: lastWords(stderrOf(error)),
    }
    await job.log(JSON.stringify(postMortem))
  } catch (lost) {
    log.debug({ err: lost }, 'no post-mortem')
  }
}

/** The tool's words may be below what became of its failure on the way: a time limit, a lost artifact. */
function stderrOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if (error instanceof StageError && error.stderr) return error.stderr
  return stderrOf(error.cause)
}
