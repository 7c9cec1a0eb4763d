import { readFileSync } from 'node:fs'
import type { Job, Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { defineScript } from '../queues/scripts.ts'
import type { Logger } from '../src/shared/logger.ts'
import type { StopReason } from './retry-decision.ts'

const KEEP_LOCK = readFileSync(new URL('keep-lock.lua', import.meta.url), 'utf8')
/** A lock that is renewed so often in its life outlives a renewal that came late. */
const RENEWALS_PER_LOCK = 4

interface RunsDeps {
  redis: Redis
  /** Where the jobs come from. */
  queue: Pick<Queue, 'toKey'>
  lockMs: number
  timeoutMs: number
}

/** One run of a job. Its token is its own: another run of the same job has another. */
interface Starting {
  job: Pick<Job, 'id'>
  token: string
  log: Logger
}

/** A run that has begun. */
export interface Run {
  /** For the handler. Its reason is a `StopReason`. */
  signal: AbortSignal
  /** What it was stopped for; null while nobody has stopped it. */
  stoppedFor(): StopReason | null
  /** To be called when it is over, however it ended, and before the job is given back: then its lock is not kept. */
  end(): void
}

/**
 * What a worker runs at the moment: every run keeps its lock until it ends, and is stopped when another one has it, when
 * its time is over, or when it is told to. BullMQ's own renewal and cancelling know a job by its id alone: where a worker
 * takes a job again whose lock had passed, the end of the first run ends the renewal for the second, whose lock passes
 * too, until the job counts as poison (bullmq 6.7.0, LockManager).
 */
export function createRuns({ redis, queue, lockMs, timeoutMs }: RunsDeps) {
  const keepLock = defineScript(redis, 'keepLock', KEEP_LOCK)
  const stops = new Map<Run, { jobId: string; stop(reason: StopReason): void }>()

  /** Those of one job, or all. @returns whether there was one to stop */
  const stop = (reason: StopReason, jobId?: string): boolean => {
    const meant = [...stops.values()].filter((run) => jobId === undefined || run.jobId === jobId)
    for (const run of meant) run.stop(reason)
    return meant.length > 0
  }

  return {
    stop,
    begin({ job, token, log }: Starting): Run {
      const { id: jobId = '' } = job
      // The queue gave it out again: whoever had it before has lost it.
      stop('lock_lost', jobId)
      const controller = new AbortController()
      let stoppedFor: StopReason | null = null
      let isKept = true
      const letGo = () => {
        isKept = false
        clearTimeout(renewal)
      }
      const stopThis = (reason: StopReason) => {
        if (reason === 'lock_lost') {
          // It must not take the lock of the one that follows.
          letGo()
          log.warn('overtaken by another run of the job')
        }
        stoppedFor ??= reason
        controller.abort(stoppedFor)
      }
      const timeout = setTimeout(stopThis, timeoutMs, 'timeout' satisfies StopReason)
      const lockKeys = [`${queue.toKey(jobId)}:lock`, queue.toKey('active'), queue.toKey('stalled')]
      const renew = async () => {
        const isHeld = await keepLock(lockKeys, [token, lockMs, jobId]).catch((err: unknown) => {
          // Nobody knows; the next time will tell.
          log.warn({ err }, 'the lock was not renewed')
          return 1
        })
        if (!isKept) return
        if (isHeld) renewal = setTimeout(renewLater, lockMs / RENEWALS_PER_LOCK)
        else stopThis('lock_lost')
      }
      const renewLater = () => void renew()
      let renewal = setTimeout(renewLater, lockMs / RENEWALS_PER_LOCK)
      const run: Run = {
        signal: controller.signal,
        stoppedFor: () => stoppedFor,
        end() {
          stops.delete(run)
          clearTimeout(timeout)
          letGo()
        },
      }
      stops.set(run, { jobId, stop: stopThis })
      return run
    },
  }
}
