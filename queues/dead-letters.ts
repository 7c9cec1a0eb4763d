import type { Redis } from 'ioredis'
import { z } from 'zod'
import {
  type DeadLetter,
  type DeadLetterGroup,
  type DeadLetterState,
  DeadLetter as Kept,
  KeptDeadLetter,
  type Outcome,
} from './dead-letter.ts'
import { inspectionKey } from './join.ts'
import type { Keys } from './keys.ts'
import { isStageName, type StageName } from './pipeline.ts'
import { ProductionData } from './production.ts'
import type { Scripts } from './scripts.ts'
import { inspect } from './stages/inspect.ts'

/** As long as the failed jobs that they are made from. */
export const DEAD_LETTER_TTL_MS = 7 * 24 * 3600_000

const PAGE = 200

export interface DeadLetterFilter {
  /** None: whatever has become of them. */
  state?: DeadLetterState
  stage?: StageName
  code?: string
  /** `null`: those without one. */
  site?: string | null
}

export type DeadLetters = ReturnType<typeof createDeadLetters>

/** Jobs that failed for good, kept for an operator: filled by the sweep, emptied by replays. */
export function createDeadLetters(redis: Redis, scripts: Scripts, keys: Keys) {
  const get = async (id: string): Promise<KeptDeadLetter | null> => {
    const stored = await redis.hgetall(keys.deadLetter(id))
    return stored.record ? asKept(stored) : null
  }

  /** The newest first. Records may expire between the index and the reading. */
  async function* find({ state, ...only }: DeadLetterFilter): AsyncGenerator<KeptDeadLetter> {
    const index = state === 'open' ? keys.openDeadLetters : keys.deadLetters
    for (let start = 0; ; start += PAGE) {
      const ids = await redis.zrevrange(index, start, start + PAGE - 1)
      // Stages and moments stand in the ids: most records need not be read to be passed over.
      const wanted = ids.filter((id) => !only.stage || stageOf(id) === only.stage)
      for (const letter of await Promise.all(wanted.map(get)))
        if (letter && (!state || letter.state === state) && fits(letter, only)) yield letter
      if (ids.length < PAGE) return
    }
  }

  return {
    get,
    find,

    /** Keeps a failure, once. @returns whether it is new. */
    async add({ id, failedAtMs, ...letter }: DeadLetter): Promise<boolean> {
      const added = await scripts.deadLetterAdd(
        [keys.deadLetter(id), keys.deadLetters, keys.openDeadLetters],
        [
          ...[id, failedAtMs, DEAD_LETTER_TTL_MS],
          ...['failedAtMs', failedAtMs, 'record', JSON.stringify({ id, failedAtMs, ...letter })],
        ],
      )
      return added === 1
    },

    /** Which of these failures are kept already. */
    async known(ids: readonly string[]): Promise<Set<string>> {
      const exists = await Promise.all(ids.map((id) => redis.exists(keys.deadLetter(id))))
      return new Set(ids.filter((_, index) => exists[index] === 1))
    },

    async list(filter: DeadLetterFilter, limit: number): Promise<KeptDeadLetter[]> {
      const found: KeptDeadLetter[] = []
      for await (const letter of find(filter)) {
        if (found.length >= limit) break
        found.push(letter)
      }
      return found
    },

    /** What is open, by root cause; the most frequent first. */
    async groups(): Promise<DeadLetterGroup[]> {
      const groups = new Map<string, DeadLetterGroup>()
      for await (const { stage, code, site, failedAtMs } of find({ state: 'open' })) {
        const key = [stage, code, site].join(' ')
        const group = groups.get(key) ?? { stage, code, site, count: 0, lastFailedAtMs: failedAtMs }
        groups.set(key, { ...group, count: group.count + 1 })
      }
      return [...groups.values()].sort((a, b) => b.count - a.count || b.lastFailedAtMs - a.lastFailedAtMs)
    },

    /** How many are open, by stage. */
    async openByStage(): Promise<Partial<Record<StageName, number>>> {
      const counts: Partial<Record<StageName, number>> = {}
      for (const id of await redis.zrange(keys.openDeadLetters, 0, -1)) {
        const stage = stageOf(id)
        if (stage) counts[stage] = (counts[stage] ?? 0) + 1
      }
      return counts
    },

    /** How many people were told of this failure, or wait to be told what follows. */
    async people({ stage, data }: DeadLetter): Promise<number> {
      const production = ProductionData.safeParse(data).data
      if (production && stage !== 'upload')
        return await redis.scard(keys.told(production.mediaKey, production.generation))
      const inspection = stage === 'inspect' ? inspect.data.safeParse(data).data : undefined
      if (inspection)
        return await redis.scard(keys.told(inspectionKey(inspection.linkHash), inspection.generation))
      return stage === 'send' || stage === 'notify' ? 1 : 0
    },

    /** Moves a letter on; false when it is not in `from` any more. Without `who` and `outcome` nothing is said of them. */
    async end(
      id: string,
      from: DeadLetterState,
      to: DeadLetterState,
      { who, outcome }: { who?: string; outcome?: Outcome },
    ): Promise<boolean> {
      const ended = await scripts.replayEnd(
        [keys.deadLetter(id), keys.openDeadLetters],
        [id, from, to, who ?? '', outcome ? JSON.stringify(outcome) : ''],
      )
      return ended === 1
    },

    /** Takes what has expired out of the indexes. */
    async trim(nowMs: number): Promise<void> {
      const before = nowMs - DEAD_LETTER_TTL_MS
      await redis.zremrangebyscore(keys.deadLetters, '-inf', before)
      await redis.zremrangebyscore(keys.openDeadLetters, '-inf', before)
    },
  }
}

export const deadLetterId = (stage: StageName, jobId: string, failedAtMs: number) =>
  `${stage}-${jobId}-${failedAtMs}`

function stageOf(id: string): StageName | null {
  const stage = id.split('-', 1)[0] ?? ''
  return isStageName(stage) ? stage : null
}

const Stored = z.object({
  record: z.string(),
  state: z.string(),
  changedAtMs: z.coerce.number().optional(),
  changedBy: z.string().optional(),
  outcome: z.string().optional(),
})

function asKept(hash: Record<string, string>): KeptDeadLetter {
  const { record, state, changedAtMs, changedBy, outcome } = Stored.parse(hash)
  return KeptDeadLetter.parse({
    ...Kept.parse(JSON.parse(record)),
    state,
    changedAtMs: changedAtMs ?? null,
    changedBy: changedBy || null,
    outcome: outcome ? JSON.parse(outcome) : null,
  })
}

const fits = (letter: KeptDeadLetter, { stage, code, site }: Omit<DeadLetterFilter, 'state'>) =>
  (!stage || letter.stage === stage) &&
  (!code || letter.code === code) &&
  (site === undefined || letter.site === site)
