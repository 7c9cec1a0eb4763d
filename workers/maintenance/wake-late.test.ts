import { Worker } from 'bullmq'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createState, type State } from '../../queues/state.ts'
import { testRedis } from '../../src/playground/testing/services.ts'
import { applySchedule, SCHEDULE } from './schedule.ts'
import { wakeLate } from './wake-late.ts'

const HOUR_MS = 3600_000
const silent = pino({ level: 'silent' })
let state: State
beforeEach(async () => {
  const { redis, prefix } = await testRedis()
  state = createState(redis, prefix)
})
afterEach(() => vi.useRealTimers())

const wake = () => wakeLate(state, silent)
/** What is done by a process whose clock is wrong. */
async function byClock<T>(offMs: number, work: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + offMs })
  return await work().finally(() => vi.useRealTimers())
}
const delay = (ticket: string, delayMs: number) =>
  state.queues.add('send', { ticket, round: 1 }, { jobId: ticket, delay: delayMs })
const stateOf = async (ticket: string) => (await state.queues.queue('send').getJob(ticket))?.getState()
const counts = async () => await state.mends.all()

test('a job that was delayed by a clock that is ahead runs now; those that are meant to wait do', async () => {
  await delay('SECONDS', 5000)
  await delay('H0URS', 2 * HOUR_MS)
  await byClock(HOUR_MS, () => delay('AHEAD', 5000))
  await byClock(-HOUR_MS, () => delay('BEHIND', 5000))
  expect(await wake()).toBe(1)
  expect(await Promise.all(['SECONDS', 'H0URS', 'AHEAD', 'BEHIND'].map(stateOf))).toEqual([
    'delayed',
    'delayed',
    'waiting',
    'delayed',
  ])
  expect(await counts()).toEqual({ late_job: 1 })
})

test('so does a job that was postponed', async () => {
  const { keys, redis, queues } = state
  const worker = new Worker('send', null, { connection: redis, prefix: keys.prefix, autorun: false })
  for (const [ticket, offMs] of [
    ['R1GHT', 0],
    ['AHEAD', HOUR_MS],
  ] as const) {
    await queues.add('send', { ticket, round: 1 }, { jobId: ticket })
    const job = await worker.getNextJob('token')
    await byClock(offMs, async () => job?.moveToDelayed(Date.now() + 2000, 'token'))
  }
  await worker.close()
  expect(await wake()).toBe(1)
  expect([await stateOf('R1GHT'), await stateOf('AHEAD')]).toEqual(['delayed', 'waiting'])
})

test('a schedule that runs by a clock that is ahead begins anew', async () => {
  const queue = state.queues.queue('maintenance')
  const nexts = async () => (await queue.getJobSchedulers()).map(({ next = 0 }) => next - Date.now())
  await applySchedule(state.queues)
  expect(await wake()).toBe(0)
  for (const { key } of await queue.getJobSchedulers()) await queue.removeJobScheduler(key)
  await byClock(HOUR_MS, () => applySchedule(state.queues))
  // A first round comes at once, by that clock.
  expect(Math.min(...(await nexts()))).toBeGreaterThan(HOUR_MS / 2)
  expect(await wake()).toBeGreaterThan(0)
  const { canary, reconcile } = SCHEDULE
  for (const [task, { everyMs }] of Object.entries({ canary, reconcile }))
    expect((await queue.getJobScheduler(task))?.next ?? 0).toBeLessThan(Date.now() + everyMs + 1000)
  expect(await wake()).toBe(0)
})
