import type { Redis } from 'ioredis'
import type { Keys } from '../../queues/keys.ts'
import { STAGE_NAMES, type StageName } from '../../queues/pipeline.ts'
import type { Queues } from '../../queues/queues.ts'
import type { Logger } from '../shared/logger.ts'
import { redisNowMs } from '../shared/redis.ts'
import { within } from './deadline.ts'

/** Several canaries may be lost before a stage counts as silent. */
const MAX_AGE_MS = 30_000
/** A load balancer gives up after 2 s or more. */
const DEADLINE_MS = 1_500

export interface StageReadiness {
  ok: boolean
  /** Since the stage's canary last came back; null when it never did, or nobody knows. */
  ageMs: number | null
  reason?: 'busy' | 'silent' | 'redis_unreachable'
}

export interface Readiness {
  ready: boolean
  stages: Record<string, StageReadiness>
}

/**
 * Whether a stage takes jobs. One that is busy keeps its canary waiting behind real work: that is no fault.
 * `stampMs`: when the canary last came back.
 */
export function judgeStage(stampMs: number | null, nowMs: number, busy: boolean): StageReadiness {
  const ageMs = stampMs === null ? null : Math.max(0, nowMs - stampMs)
  if (ageMs !== null && ageMs < MAX_AGE_MS) return { ok: true, ageMs }
  return busy ? { ok: true, ageMs, reason: 'busy' } : { ok: false, ageMs, reason: 'silent' }
}

interface ReadinessDeps {
  redis: Redis
  keys: Keys
  queues: Queues
  log: Logger
}

/** Answers within 2 s, whatever Redis does; never throws. */
export function createReadiness({ redis, keys, queues, log }: ReadinessDeps) {
  async function isBusy(name: StageName): Promise<boolean> {
    const queue = queues.queue(name)
    const [active, workers] = await Promise.all([queue.getActiveCount(), queue.getWorkersCount()])
    return active > 0 && workers > 0
  }

  async function look(): Promise<[StageName, StageReadiness][]> {
    const [stamps, nowMs] = await Promise.all([redis.hgetall(keys.canary), redisNowMs(redis)])
    return Promise.all(
      STAGE_NAMES.map(async (name): Promise<[StageName, StageReadiness]> => {
        const stampMs = Number(stamps[name] ?? Number.NaN)
        const known = Number.isFinite(stampMs) ? stampMs : null
        const judged = judgeStage(known, nowMs, false)
        return [name, judged.ok ? judged : judgeStage(known, nowMs, await isBusy(name))]
      }),
    )
  }

  return async (): Promise<Readiness> => {
    try {
      const stages = await within(DEADLINE_MS, look())
      return { ready: stages.every(([, { ok }]) => ok), stages: Object.fromEntries(stages) }
    } catch (error) {
      log.warn({ err: error }, 'readiness is unknown')
      const unknown: StageReadiness = { ok: false, ageMs: null, reason: 'redis_unreachable' }
      return { ready: false, stages: Object.fromEntries(STAGE_NAMES.map((name) => [name, unknown])) }
    }
  }
}
