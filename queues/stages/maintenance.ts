import { z } from 'zod'
import { defineStage } from '../stage.ts'

/** Scheduled work; each task can run beside itself. */
export const maintenance = defineStage({
  name: 'maintenance',
  data: z.object({
    task: z.enum([
      'canary',
      'positions',
      'reconcile',
      'watchdog',
      'sweep_failed',
      'sweep_uploads',
      'sweep_objects',
      'partitions',
      'offers',
      'daily_numbers',
      'reports',
    ]),
  }),
  input: z.null(),
  result: z.object({ done: z.number().int() }),
  attempts: 1,
  timeoutMs: 10 * 60_000,
  concurrency: () => 2,
})
