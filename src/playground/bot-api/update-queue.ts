import type { Update } from '@grammyjs/types'
import { ApiError } from './api-error.ts'

export type UpdateType = Exclude<keyof Update, 'update_id'>
export type NewUpdate = Omit<Update, 'update_id'>

/** core.telegram.org/bots/api#getupdates: all but these, unless they are asked for. */
const NOT_BY_DEFAULT = new Set<string>(['chat_member', 'message_reaction', 'message_reaction_count'])
const FIRST_UPDATE_ID = 700_000_001
/** Client.h, LONG_POLL_MAX_TIMEOUT */
const MAX_TIMEOUT_S = 50

interface Poll {
  offset: number
  limit: number
  answer: (updates: Update[]) => void
  fail: (error: ApiError) => void
}

/** What waits for one bot, whether it polls or has a webhook. */
export function createUpdateQueue() {
  let pending: Update[] = []
  let nextId = FIRST_UPDATE_ID
  let allowed: ReadonlySet<string> | null = null
  let poll: Poll | null = null
  const listeners = new Set<() => void>()

  /** An offset beyond the end is the end. */
  const select = (offset: number, limit: number) => {
    if (offset < 0) pending = pending.slice(offset)
    else pending = pending.filter((update) => update.update_id >= offset)
    return pending.slice(0, limit)
  }
  const abort = (reason: string) => {
    poll?.fail(new ApiError(409, `Conflict: ${reason}`))
    poll = null
  }

  return {
    push(update: NewUpdate) {
      const type = Object.keys(update)[0] ?? ''
      if (allowed ? !allowed.has(type) : NOT_BY_DEFAULT.has(type)) return
      // A copy: what the update says must not change with the message.
      pending.push(structuredClone({ update_id: nextId, ...update }))
      nextId += 1
      if (poll) {
        const { offset, limit, answer } = poll
        const updates = select(offset, limit)
        if (updates.length > 0) {
          poll = null
          answer(updates)
        }
      }
      for (const listener of listeners) listener()
    },

    /**
     * Waits until there is something, at most timeoutS; the end of `signal` frees the place. A poll that must wait ends
     * the one that waits already.
     * @throws ApiError 409 when that happens to it
     */
    async poll(wanted: number, limit: number, timeoutS: number, signal: AbortSignal): Promise<Update[]> {
      const offset = Math.min(wanted, nextId)
      const ready = select(offset, limit)
      if (ready.length > 0 || timeoutS <= 0 || signal.aborted) return ready
      abort('terminated by other getUpdates request; make sure that only one bot instance is running')
      const { promise, resolve, reject } = Promise.withResolvers<Update[]>()
      const mine: Poll = { offset, limit, answer: resolve, fail: reject }
      poll = mine
      const give = () => {
        if (poll === mine) poll = null
        resolve([])
      }
      const timer = setTimeout(give, Math.min(timeoutS, MAX_TIMEOUT_S) * 1000)
      signal.addEventListener('abort', give, { once: true })
      return promise.finally(() => {
        clearTimeout(timer)
        signal.removeEventListener('abort', give)
      })
    },

    abortPoll: abort,
    /** Undefined: as before. Empty: the default. */
    allow(types: readonly string[] | undefined) {
      if (types) allowed = types.length > 0 ? new Set(types) : null
    },
    allowed: () => (allowed ? [...allowed] : null),
    pending: (): readonly Update[] => pending,
    drop: (updateId: number) => {
      pending = pending.filter((update) => update.update_id !== updateId)
    },
    dropAll: () => {
      pending = []
    },
    onPush(listener: () => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export type UpdateQueue = ReturnType<typeof createUpdateQueue>
