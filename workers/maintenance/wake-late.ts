import type { Redis } from 'ioredis'
import type { Mends } from '../../queues/mends.ts'
import { STAGE_NAMES, type StageName } from '../../queues/pipeline.ts'
import type { Queues } from '../../queues/queues.ts'
import type { Logger } from '../../src/shared/logger.ts'
import { redisNowMs } from '../../src/shared/redis.ts'
import { applySchedule, SCHEDULE } from './schedule.ts'

/** Clocks of hosts that differ by less do no harm. */
const SLACK_MS = 30_000
const LOOK_EVERY_MS = 15_000
const MOST_JOBS = 1000
/** BullMQ keeps the order of jobs that are due in one millisecond in the last bits of their score. */
const SCORES_PER_MS = 0x1000

export interface WakeDeps {
  redis: Redis
  queues: Queues
  mends: Mends
}

/**
 * BullMQ writes down when a delayed job is due by the clock of the process that delays it. While that clock is an hour
 * ahead, a retry that should come in seconds comes in an hour, and so does the next round of the schedule. Here each is
 * compared with the delay that was wanted, by the clock of Redis, and what is late runs now.
 * @returns how many were late
 */
export async function wakeLate(deps: WakeDeps, log: Logger): Promise<number> {
  const nowMs = await redisNowMs(deps.redis)
  let late = await wakeSchedule(deps, log, nowMs)
  for (const stage of STAGE_NAMES) late += await wakeJobs(stage, deps, log, nowMs)
  return late
}

/** Looks again and again, by a timer and not by the schedule, which may be late itself. */
export function keepWakingLate(deps: WakeDeps, log: Logger): NodeJS.Timeout {
  const wake = () =>
    wakeLate(deps, log).catch((error: unknown) => log.warn({ err: error }, 'not looked for late jobs'))
  return setInterval(() => void wake(), LOOK_EVERY_MS)
}

async function wakeSchedule({ queues, mends }: WakeDeps, log: Logger, nowMs: number): Promise<number> {
  const queue = queues.queue('maintenance')
  let late = 0
  for (const [task, { everyMs }] of Object.entries(SCHEDULE)) {
    const next = (await queue.getJobScheduler(task))?.next ?? 0
    if (next - nowMs <= everyMs + SLACK_MS) continue
    // Its next round follows from this one: it would stay late for ever.
    await queue.removeJobScheduler(task)
    await mends.mended('late_schedule', log, { task })
    late++
  }
  if (late > 0) await applySchedule(queues)
  return late
}

async function wakeJobs(
  stage: StageName,
  { redis, queues, mends }: WakeDeps,
  log: Logger,
  nowMs: number,
): Promise<number> {
  const queue = queues.queue(stage)
  const from = (nowMs + SLACK_MS) * SCORES_PER_MS
  const far = await redis.zrangebyscore(
    queue.toKey('delayed'),
    from,
    '+inf',
    'WITHSCORES',
    'LIMIT',
    0,
    MOST_JOBS,
  )
  let late = 0
  for (let i = 0; i < far.length; i += 2) {
    const job = await queue.getJob(far[i] ?? '')
    const waitsMs = Number(far[i + 1]) / SCORES_PER_MS - nowMs
    if (!job || job.repeatJobKey || waitsMs <= job.delay + SLACK_MS) continue
    // It may have begun meanwhile.
    if (
      !(await job.promote().then(
        () => true,
        () => false,
      ))
    )
      continue
    await mends.mended('late_job', log, { stage, job: job.id })
    late++
  }
  return late
}
