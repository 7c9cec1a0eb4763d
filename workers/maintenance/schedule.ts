import type { DataOf } from '../../queues/pipeline.ts'
import type { Queues } from '../../queues/queues.ts'

type Task = DataOf<'maintenance'>['task']

/** What is done how often. The one place to add a task. */
export const SCHEDULE: Record<Task, { everyMs: number }> = {
  canary: { everyMs: 5000 },
  positions: { everyMs: 4000 },
  reconcile: { everyMs: 15_000 },
  watchdog: { everyMs: 60_000 },
  sweep_failed: { everyMs: 5000 },
  partitions: { everyMs: 6 * 60 * 60_000 },
  offers: { everyMs: 60_000 },
  daily_numbers: { everyMs: 60_000 },
  reports: { everyMs: 60_000 },
  sweep_uploads: { everyMs: 60 * 60_000 },
  sweep_objects: { everyMs: 6 * 60 * 60_000 },
}

/** Makes the schedule in Redis equal to the one above. Every process of the stage may do so at its start. */
export async function applySchedule(queues: Queues): Promise<void> {
  const queue = queues.queue('maintenance')
  for (const [task, { everyMs }] of Object.entries(SCHEDULE))
    await queue.upsertJobScheduler(
      task,
      { every: everyMs },
      {
        name: 'maintenance',
        data: { task },
        opts: { removeOnComplete: { count: 20 }, removeOnFail: { count: 100 } },
      },
    )
  for (const scheduler of await queue.getJobSchedulers())
    if (!Object.hasOwn(SCHEDULE, scheduler.key)) await queue.removeJobScheduler(scheduler.key)
}
