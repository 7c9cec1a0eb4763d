import type { KeptDeadLetter, Outcome } from './dead-letter.ts'
import { jobOptions } from './queues.ts'
import { notify } from './stages/notify.ts'
import type { State } from './state.ts'

const REPLAYED = /-replay-\d+$/

/**
 * Runs the job of a record once more: the same one where others hang on its id, else a copy under an id of its own,
 * which begins with no crashes to its name. Again, it changes nothing.
 */
export async function runAgain(
  letter: KeptDeadLetter,
  { queues, notifier }: Pick<State, 'queues' | 'notifier'>,
): Promise<Outcome | 'job_gone'> {
  const { stage, jobId } = letter
  if (stage === 'notify') {
    // A text is made from what is true when it is made: a new one, not the old one again.
    await notifier.touch(notify.data.parse(letter.data).ticket)
    return { how: 'again', from: stage, people: 1, jobId: null }
  }
  const job = await queues.queue(stage).getJob(jobId)
  if (!job) return 'job_gone'
  // Roots of flows find their children by their id, and an upload is looked for under its generation's.
  if (stage === 'publish' || stage === 'upload' || job.data.kind === 'inspected') {
    if (await job.isFailed()) await job.retry('failed', { resetAttemptsMade: true })
    return { how: 'again', from: stage, people: 0, jobId }
  }
  const copyId = `${jobId.replace(REPLAYED, '')}-replay-${letter.failedAtMs}`
  await queues.queue(stage).add(stage, job.data, { ...jobOptions(stage), jobId: copyId })
  return { how: 'again', from: stage, people: 0, jobId: copyId }
}
