import { randomInt } from 'node:crypto'
import { badRequest, QUERY_TOO_OLD } from './api-error.ts'
import type { InlineResult } from './inline-result.ts'

export interface CallbackAnswer {
  text?: string
  showAlert?: boolean
  url?: string
}

export interface InlineAnswer {
  results: InlineResult[]
  nextOffset: string
}

interface Pending<T> {
  botId: number
  answer: (answer: T | null) => void
}

/** Queries of people that wait for the bot's answer, for so long; after that the answer is refused, as Telegram does. */
export function createQueries<T>(lifetimeMs: number) {
  const pending = new Map<string, Pending<T>>()
  const timers = new Set<NodeJS.Timeout>()
  return {
    /** The answer is null when none came in time. */
    open(botId: number): { id: string; answered: Promise<T | null> } {
      const id = `${randomInt(2 ** 47, 2 ** 48 - 1)}${randomInt(100_000, 999_999)}`
      const { promise, resolve } = Promise.withResolvers<T | null>()
      pending.set(id, { botId, answer: resolve })
      const timer = setTimeout(() => {
        timers.delete(timer)
        pending.delete(id)
        resolve(null)
      }, lifetimeMs)
      timers.add(timer)
      return { id, answered: promise }
    },
    /** A second answer to the same query is taken and does nothing. @throws ApiError */
    answer(botId: number, id: string, answer: T) {
      const query = pending.get(id)
      if (query?.botId !== botId) throw badRequest(QUERY_TOO_OLD)
      query.answer(answer)
    },
    close() {
      for (const timer of timers) clearTimeout(timer)
      for (const query of pending.values()) query.answer(null)
      pending.clear()
    },
  }
}

export type Queries<T> = ReturnType<typeof createQueries<T>>
