import pg from 'pg'
import { afterAll, vi } from 'vitest'
import type { RunningStack } from './running-stack.ts'

const SOON = { timeout: 90_000, interval: 100 }

/** What PostgreSQL knows of a running product. */
export function databaseOf({ databaseUrl, state }: Pick<RunningStack, 'databaseUrl' | 'state'>) {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 })
  pool.on('error', () => undefined)
  afterAll(() => pool.end())
  let offers = 0
  const rows = async (text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> =>
    (await pool.query(text, [...values])).rows
  return {
    rows,
    /** Asks until the answer is as it should be: events are on their way for a moment. */
    untilRows: (text: string, values: readonly unknown[], check: (rows: Record<string, unknown>[]) => void) =>
      vi.waitFor(async () => check(await rows(text, values)), SOON),
    /** Ads and experiments come to Redis, answers to PostgreSQL, now and not in a minute. */
    async offersNow() {
      const jobId = `offers-now-${++offers}`
      await state.queues.add('maintenance', { task: 'offers' }, { jobId })
      await vi.waitFor(async () => {
        const job = await state.queues.queue('maintenance').getJob(jobId)
        if (!(await job?.isCompleted())) throw new Error('not yet')
      }, SOON)
    },
  }
}
