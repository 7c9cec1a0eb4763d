import type { Redis } from 'ioredis'

const EVERY_MS = 250
const KEPT_MS = 2000

/**
 * Watches the gate's calendar: what it has promised to every call, by the clock of Redis, whatever the machine made of it.
 * The gate itself forgets a slot KEPT_MS after it.
 */
export function watchSlots(redis: Redis, calendarKey: string) {
  const slots = new Map<string, number>()
  let last: Promise<unknown> = Promise.resolve()
  const look = async () => {
    const flat = await redis.zrange(calendarKey, 0, -1, 'WITHSCORES')
    const now = new Map(flat.flatMap((id, i) => (i % 2 === 0 ? [[id, Number(flat[i + 1])] as const] : [])))
    const [seconds, micros] = await redis.time()
    const forgottenMs = Number(seconds) * 1000 + Number(micros) / 1000 - KEPT_MS
    // A slot that is gone before it would be forgotten was given back, perhaps because its call came too late.
    for (const [id, at] of slots) if (!now.has(id) && at > forgottenMs) slots.delete(id)
    for (const [id, at] of now) slots.set(id, at)
  }
  const timer = setInterval(() => {
    last = last.then(look)
  }, EVERY_MS)
  return {
    async stop(): Promise<number[]> {
      clearInterval(timer)
      await last.then(look)
      return [...slots.values()]
    },
  }
}
