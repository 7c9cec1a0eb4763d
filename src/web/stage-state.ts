import { STAGE_NAMES, type StageName } from '../../queues/pipeline.ts'
import type { Queues } from '../../queues/queues.ts'
import { within } from './deadline.ts'
import { HttpError } from './http-error.ts'

const DEADLINE_MS = 5_000

export interface StageState {
  name: StageName
  waiting: number
  active: number
  /** How long the job that is served next has been there; null when none waits. */
  firstInLineMs: number | null
}

/** All stages, in the order of the pipeline. @throws HttpError 503 when Redis does not answer. */
export function createStageStates(queues: Queues) {
  async function stateOf(name: StageName): Promise<StageState> {
    const queue = queues.queue(name)
    const [counts, waiting, prioritized] = await Promise.all([
      queue.getJobCounts('wait', 'prioritized', 'active'),
      queue.getJobs('wait', 0, 0, true),
      queue.getJobs('prioritized', 0, 0, true),
    ])
    // A job may be gone between its listing and its reading; BullMQ then leaves a hole in the list.
    const since = [...waiting, ...prioritized].flatMap((job) => (job ? [job.timestamp] : []))
    return {
      name,
      waiting: (counts.wait ?? 0) + (counts.prioritized ?? 0),
      active: counts.active ?? 0,
      firstInLineMs: since.length > 0 ? Math.max(0, Date.now() - Math.min(...since)) : null,
    }
  }

  return async (): Promise<StageState[]> => {
    try {
      return await within(DEADLINE_MS, Promise.all(STAGE_NAMES.map(stateOf)))
    } catch (error) {
      throw new HttpError(503, error)
    }
  }
}
