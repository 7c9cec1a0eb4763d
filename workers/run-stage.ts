import { DelayedError, type Job, UnrecoverableError, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { StageError } from '../queues/failure.ts'
import { isShared } from '../queues/flow.ts'
import { inspectionKey, type Joins } from '../queues/join.ts'
import type { Keys } from '../queues/keys.ts'
import type { Notifier } from '../queues/notifier.ts'
import type { DataOf, InputOf, ResultOf, StageName } from '../queues/pipeline.ts'
import { type Queues, stageNamed } from '../queues/queues.ts'
import type { StageSeconds } from '../queues/stage-seconds.ts'
import type { Logger } from '../src/shared/logger.ts'
import { redisNowMs } from '../src/shared/redis.ts'
import type { Handler } from './context.ts'
import type { FailPoint } from './fail-point.ts'
import { writePostMortem } from './post-mortem.ts'
import { Postpone } from './postpone.ts'
import { createReporter } from './reporter.ts'
import { backoffMs, decide } from './retry-decision.ts'
import { createRuns } from './runs.ts'
import { createTurn, type TurnDeps } from './turn.ts'
import { createVersions, type Versions } from './versions.ts'

/** A stopping worker whose grace is over tells its jobs so often. */
const CANCEL_EVERY_MS = 200
/** So many workers die under one job; then it counts as poison, and fails. */
const MAX_CRASHES = 3

export interface StageRunnerDeps extends TurnDeps {
  /** Shared by all workers of the process; each adds one blocking connection of its own. */
  redis: Redis
  keys: Keys
  queues: Queues
  joins: Joins
  notifier: Notifier
  stageSeconds: Pick<StageSeconds, 'note'>
  log: Logger
  failPoints: (stage: string) => FailPoint
  stalledCheckMs: number
  /** For post-mortems; our own and Node's without it. */
  versions?: Versions
}

export interface RunningStage {
  name: StageName
  /** Stops the handlers of one production, wherever they are; false when this process runs none of them. */
  cancel(jobId: string): boolean
  /** Takes no more jobs, lets the running ones end within `graceMs`, then stops them and gives them back. */
  stop(graceMs: number): Promise<void>
}

/** Whose job it is; shared work carries who began it. */
const OfRequest = z.object({ ticket: z.string() })
/** What all jobs of shared work carry; others have none of it. */
const Shared = OfRequest.extend({
  generation: z.number(),
  mediaKey: z.string().optional(),
  mediaId: z.string().optional(),
  format: z.string().optional(),
  linkHash: z.string().optional(),
})

/** Stages whose work people wait for; a delivery counts its own. */
const TIMED: ReadonlySet<StageName> = new Set(['inspect', 'fetch', 'transcode', 'upload'])

/** Runs one stage: the only place that knows BullMQ's side of a handler. */
export function runStage<N extends StageName>(
  name: N,
  handler: Handler<N>,
  concurrency: number,
  deps: StageRunnerDeps,
): RunningStage {
  const stage = stageNamed(name)
  const { redis, keys, joins, log, versions = createVersions({}) } = deps
  let isStopping = false
  const failPoint = deps.failPoints(name)
  const takeTurn = createTurn(name, concurrency, deps)
  const { lockMs } = deps
  const runs = createRuns({ redis, queue: deps.queues.queue(name), lockMs, timeoutMs: stage.timeoutMs })

  /** What the stage below handed over, now or before. A stage that runs on failure finds the reason by itself. */
  const inputOf = async (job: Job, data: DataOf<N>): Promise<InputOf<N> | null> => {
    if (!stage.hasInput(data)) return null
    const below = Object.values(await job.getChildrenValues())[0] ?? job.data.input
    if (below !== undefined) return stage.input.parse(below) as InputOf<N>
    // Somebody removed the job below: BullMQ then runs the one above it all the same.
    if (!stage.runsOnFailure) throw new StageError('input_missing')
    return null
  }

  const runJob = async (job: Job, token = ''): Promise<ResultOf<N>> => {
    const shared = Shared.safeParse(job.data).data
    const ticket = OfRequest.safeParse(job.data).data?.ticket
    const jobLog = log.child({
      stage: name,
      ...(ticket ? { ticket } : {}),
      job: job.id,
      attempt: job.attemptsStarted,
    })

    const run = runs.begin({ job, token, log: jobLog })
    const reporter =
      shared?.mediaKey && isShared(name)
        ? createReporter(
            { ...deps, log: jobLog },
            { mediaKey: shared.mediaKey, generation: shared.generation },
            name,
          )
        : null
    let leave: (() => void) | null = null
    const startedAt = performance.now()
    try {
      const key = shared?.mediaKey ?? (shared?.linkHash ? inspectionKey(shared.linkHash) : null)
      if (key && shared && isShared(name) && !(await joins.isWanted(key, shared.generation)))
        throw new StageError('cancelled')
      const parsed = stage.data.safeParse(job.data)
      if (!parsed.success) throw new StageError('input_missing', { detail: 'not the data of this stage' })
      const data = parsed.data as DataOf<N>
      const input = await inputOf(job, data)
      leave = await takeTurn({
        id: job.id ?? '',
        priority: job.priority,
        attempt: job.attemptsStarted,
        ticket,
        mediaId: shared?.mediaId,
        format: shared?.format,
      })
      await reporter?.start()
      failPoint('start')
      const begunAt = performance.now()
      const result = await handler(
        { data, input },
        {
          log: jobLog,
          signal: run.signal,
          attempt: job.attemptsStarted,
          addedAtMs: job.timestamp,
          failPoint,
          progress: (progress) => {
            failPoint('progress')
            reporter?.progress(progress)
          },
        },
      )
      failPoint('effect')
      if (shared && TIMED.has(name))
        deps.stageSeconds
          .note(name, shared, (performance.now() - begunAt) / 1000)
          .catch((err: unknown) => jobLog.debug({ err }, 'the seconds were not noted'))
      jobLog.info({ ms: Math.round(performance.now() - startedAt) }, 'done')
      return stage.result.parse(result) as ResultOf<N>
    } catch (error) {
      if (error instanceof Postpone && !run.stoppedFor()) {
        await reporter?.pause()
        run.end()
        await job.moveToDelayed(Date.now() + error.waitMs, token)
        throw new DelayedError()
      }
      const decision = decide(error, run.stoppedFor())
      // BullMQ refuses whatever comes without the lock.
      if ('overtaken' in decision) throw new RetryLater('internal: lock lost')
      // Ctrl-C reaches tools that have just been started, too: what may pass is not held against a job now.
      if ('giveBack' in decision || (decision.retry && isStopping)) {
        jobLog.info('given back')
        run.end()
        await job.moveToDelayed(Date.now(), token)
        throw new DelayedError()
      }
      const { code } = decision
      jobLog.warn({ code, retry: decision.retry, err: error }, 'failed')
      if (code !== 'cancelled') await writePostMortem(job, { error, code, versions, log: jobLog })
      if (decision.retry) await reporter?.pause()
      throw decision.retry
        ? new RetryLater(decision.reason, decision.retryAfterMs)
        : new UnrecoverableError(decision.reason)
    } finally {
      leave?.()
      reporter?.stop()
      run.end()
    }
  }

  const worker = new Worker(
    name,
    async (job, token) => {
      if (job.name === 'canary') {
        await redis.hset(keys.canary, name, await redisNowMs(redis))
        return null
      }
      return await runJob(job, token)
    },
    {
      connection: redis,
      prefix: keys.prefix,
      name,
      concurrency,
      lockDuration: lockMs,
      // Each run renews its own.
      skipLockRenewal: true,
      stalledInterval: deps.stalledCheckMs,
      // So many it forgives: the next one is the end.
      maxStalledCount: MAX_CRASHES - 1,
      settings: {
        backoffStrategy: (attemptsMade, _type, error) =>
          backoffMs(
            attemptsMade,
            stage.backoffMs,
            error instanceof RetryLater ? error.retryAfterMs : undefined,
            Math.random(),
          ),
      },
    },
  )
  worker.on('error', (error) => log.warn({ stage: name, err: error }, 'worker'))

  return {
    name,
    // Only work that is shared has ids of generations; another stage's job may have the same one.
    cancel: (jobId) => isShared(name) && runs.stop('cancelled', jobId),
    async stop(graceMs) {
      isStopping = true
      const closed = worker.close()
      const cancel = () => runs.stop('shutdown')
      let cancelling: NodeJS.Timeout | undefined
      const timer = setTimeout(() => {
        cancel()
        // A job that was on its way to us when we closed may begin after that.
        cancelling = setInterval(cancel, CANCEL_EVERY_MS)
      }, graceMs)
      await closed
      clearTimeout(timer)
      clearInterval(cancelling)
    },
  }
}

/** A failure that another attempt may mend. Its message is the code; no stack, which would say nothing more. */
class RetryLater extends Error {
  readonly retryAfterMs: number | undefined

  constructor(reason: string, retryAfterMs?: number) {
    super(reason)
    this.name = 'RetryLater'
    this.retryAfterMs = retryAfterMs
  }
}
