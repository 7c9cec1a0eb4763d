import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { AnalyticsEvent, Happening } from './event.ts'
import type { Keys } from './keys.ts'
import type { Queues } from './queues.ts'
import { MOST_EVENTS } from './stages/analytics.ts'

/** Whoever reports an event again does so sooner. */
const BIRTH_TTL_MS = 3 * 24 * 3600_000

export type Events = ReturnType<typeof createEvents>

interface Waiting {
  event: AnalyticsEvent
  settled: PromiseWithResolvers<void>
}

/** Where events go. Each call resolves when its event is safe in the queue of `analytics`. */
export function createEvents(redis: Redis, queues: Queues, keys: Keys) {
  const waiting: Waiting[] = []
  let isSending = false

  const send = async (batch: readonly Waiting[]): Promise<void> => {
    const events = batch.map(({ event }) => event)
    try {
      await queues.add('analytics', { events }, { jobId: jobIdOf(events) })
      for (const { settled } of batch) settled.resolve()
    } catch (error) {
      for (const { settled } of batch) settled.reject(error)
    }
  }

  /** One job at a time: what comes while it is on its way shares the next one. So few events wait for nothing. */
  const sendAll = async (): Promise<void> => {
    if (isSending) return
    isSending = true
    while (waiting.length > 0) await send(waiting.splice(0, MOST_EVENTS))
    isSending = false
  }

  const publish = (event: AnalyticsEvent): Promise<void> => {
    const settled = Promise.withResolvers<void>()
    waiting.push({ event, settled })
    void sendAll()
    return settled.promise
  }

  return {
    /** An event with a time of its own: that of an update, or one that is kept. */
    publish,

    /** An event that happens now. Reported again (a job that died, a repeated update), it keeps its first time. */
    async publishNow(happening: Happening): Promise<void> {
      const now = Date.now()
      const first = await redis.set(keys.birth(happening.id), now, 'PX', BIRTH_TTL_MS, 'NX', 'GET')
      const atMs = first === null ? now : Number(first)
      // Each kind of happening is its kind of event without the time.
      await publish({ ...happening, atMs } as AnalyticsEvent)
    },
  }
}

/** One event keeps its own id, so that a repetition is not even a second job. */
function jobIdOf(events: readonly AnalyticsEvent[]): string {
  const [first] = events
  if (first && events.length === 1) return first.id
  return createHash('sha256')
    .update(events.map(({ id }) => id).join())
    .digest('hex')
}
