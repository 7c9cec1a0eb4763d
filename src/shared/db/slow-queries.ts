import type { ClientBase } from 'pg'
import { z } from 'zod'
import type { Logger } from '../logger.ts'

export const SLOW_QUERY_MS = 500
const MOST_CHARACTERS = 300

type Call = (...args: unknown[]) => unknown

const Named = z.union([
  z.string(),
  z.object({ name: z.string() }).transform(({ name }) => name),
  z.object({ text: z.string() }).transform(({ text }) => text),
])

/** Logs what takes long on this connection: by its name, or its text. Never with its values, which are about people. */
export function logSlowQueries(client: ClientBase, slowQueryMs: number, log: Logger): void {
  const query: Call = client.query.bind(client)
  const timed: Call = (...args) => {
    const startedAt = performance.now()
    const ended = () => {
      const ms = Math.round(performance.now() - startedAt)
      if (ms < slowQueryMs) return
      const name = Named.safeParse(args[0]).data ?? 'a cursor'
      log.warn({ query: name.replaceAll(/\s+/g, ' ').trim().slice(0, MOST_CHARACTERS), ms }, 'slow query')
    }
    const last = args.at(-1)
    // The pool itself calls with a callback.
    if (typeof last === 'function') {
      const callback = (...answer: unknown[]) => {
        ended()
        last(...answer)
      }
      return query(...args.slice(0, -1), callback)
    }
    const result = query(...args)
    if (result instanceof Promise) result.then(ended, ended)
    return result
  }
  Object.assign(client, { query: timed })
}
