import type { Queues } from '../../queues/queues.ts'
import { Postpone } from '../postpone.ts'

const LOOK_AGAIN_MS = 5000

/**
 * Waits until every event that came into the queue before a moment is in PostgreSQL.
 * @throws Postpone until it is so
 */
export async function untilWritten(queues: Queues, beforeMs: number): Promise<void> {
  const queue = queues.queue('analytics')
  // The oldest of each: jobs of one state stand in the order in which they came, but delayed ones, which are few.
  const [waiting, active, delayed] = await Promise.all([
    queue.getJobs(['waiting'], 0, 0, true),
    queue.getJobs(['active'], 0, -1),
    queue.getJobs(['delayed'], 0, 99),
  ])
  const jobs = [...waiting, ...active, ...delayed]
  if (jobs.some((job) => job && job.name !== 'canary' && job.timestamp <= beforeMs))
    throw new Postpone(LOOK_AGAIN_MS)
}
