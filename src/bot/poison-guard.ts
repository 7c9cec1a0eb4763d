import type { Middleware } from 'grammy'
import { eventId } from '../../queues/event.ts'
import type { BotDeps } from './bot-deps.ts'
import { StoreAway } from './store-away.ts'

const MOST_FAILURES = 5
const MOST_REMEMBERED = 1000

/**
 * An update that our own code cannot handle must not stand in everybody's way for ever: it is tried five times, then
 * told to operators and skipped. Redis being away is no fault of the update and does not count.
 */
export function poisonGuard({ botId, store, log }: Pick<BotDeps, 'botId' | 'store' | 'log'>): Middleware {
  const failures = new Map<number, number>()
  return async (ctx, next) => {
    const updateId = ctx.update.update_id
    try {
      await next()
      failures.delete(updateId)
    } catch (error) {
      if (error instanceof StoreAway) throw error
      const times = (failures.get(updateId) ?? 0) + 1
      if (failures.size >= MOST_REMEMBERED) failures.clear()
      failures.set(updateId, times)
      if (times < MOST_FAILURES) throw error
      // The name only: a message may quote what the person wrote.
      log.error({ updateId, error: error instanceof Error ? error.name : typeof error }, 'update skipped')
      await store.eventNow({
        id: eventId('bot_error', botId, updateId),
        name: 'bot_error',
        botId,
        userId: ctx.from?.id ?? null,
        ticket: null,
        stage: 'bot',
        code: 'internal',
      })
      failures.delete(updateId)
    }
  }
}
