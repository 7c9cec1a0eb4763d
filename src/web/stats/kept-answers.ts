import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Keys } from '../../../queues/keys.ts'

export type KeptAnswers = ReturnType<typeof createKeptAnswers>

/** An answer is kept so many times as long as it took: making it takes PostgreSQL one part of a hundred at most. */
const TIMES_ITS_WORK = 100
const LONGEST_MS = 5 * 60_000

/**
 * Keeps answers for a moment, slow ones longer: a page that many look at asks PostgreSQL once. Two who ask for the same at
 * once share one query. `keptMs` of 0 keeps none.
 */
export function createKeptAnswers(redis: Redis, keys: Keys, keptMs: number) {
  const asked = new Map<string, Promise<string>>()

  /** @returns JSON: what is kept under this question, or what `work` gives. */
  return async (question: string, work: () => Promise<unknown>): Promise<string> => {
    if (keptMs === 0) return JSON.stringify(await work())
    const key = keys.statsAnswer(createHash('sha256').update(question).digest('base64url'))
    // Without Redis the answer comes from where it is made.
    const kept = await redis.get(key).catch(() => null)
    if (kept !== null) return kept
    const running = asked.get(key)
    if (running !== undefined) return await running
    const sinceMs = performance.now()
    const answer = work().then((value) => JSON.stringify(value))
    asked.set(key, answer)
    try {
      const text = await answer
      const slowMs = Math.min(Math.round((performance.now() - sinceMs) * TIMES_ITS_WORK), LONGEST_MS)
      await redis.set(key, text, 'PX', Math.max(keptMs, slowMs)).catch(() => undefined)
      return text
    } finally {
      asked.delete(key)
    }
  }
}
