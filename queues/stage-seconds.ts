import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { Keys } from './keys.ts'
import type { StageName } from './pipeline.ts'
import type { Request } from './request.ts'

/** Long after the deliveries of a production. */
const TTL_S = 6 * 3600

/** The work of a generation, or the looking at a link that comes before it. */
interface Work {
  generation?: number | undefined
  linkHash?: string | undefined
}

const Seconds = z.record(z.string(), z.coerce.number())

export type StageSeconds = ReturnType<typeof createStageSeconds>

/** How long each stage worked on what somebody waited for. It is a courtesy to the statistics: what is lost is missing. */
export function createStageSeconds(redis: Redis, keys: Keys) {
  const keyOf = (stage: StageName, { generation, linkHash }: Work): string | null => {
    if (stage === 'inspect') return linkHash ? keys.inspectSeconds(linkHash) : null
    return generation === undefined ? null : keys.stageSeconds(generation)
  }

  return {
    /** Notes one run that came through. Nobody need wait for it. */
    async note(stage: StageName, work: Work, seconds: number): Promise<void> {
      const key = keyOf(stage, work)
      if (key) await redis.multi().hset(key, stage, seconds.toFixed(3)).expire(key, TTL_S).exec()
    },

    /** Those of all stages that a request has waited for, as far as they are known; none for what was there. */
    async of({
      generation,
      inspectKey,
      linkHash,
    }: Pick<Request, 'generation' | 'inspectKey' | 'linkHash'>): Promise<Record<string, number>> {
      if (generation === null) return {}
      const [production, inspection] = await Promise.all([
        redis.hgetall(keys.stageSeconds(generation)),
        inspectKey === null ? {} : redis.hgetall(keys.inspectSeconds(linkHash)),
      ])
      return Seconds.parse({ ...inspection, ...production })
    },
  }
}
