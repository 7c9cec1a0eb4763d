import { setTimeout as delay } from 'node:timers/promises'
import { createChannel, createSession } from 'better-sse'
import type { Request, Response } from 'express'
import type { LiveNumbers } from './live-numbers.ts'

const EVERY_MS = 5_000
const MOST_CLIENTS = 200
/** Then a browser comes again by itself, and must still be logged in. */
const LIFE_MS = 10 * 60_000
const KEEP_ALIVE_MS = 15_000
/** Whoever has not read so much is gone, or might as well be. */
const MOST_UNREAD_BYTES = 64 * 1024

interface LiveDeps {
  /** Must not throw. */
  numbers: () => Promise<LiveNumbers>
  everyMs?: number
  mostClients?: number
  lifeMs?: number
}

export type Live = ReturnType<typeof createLive>

/** Live numbers for many at once: looked up once for all of them, and not at all while nobody looks. */
export function createLive({
  numbers,
  everyMs = EVERY_MS,
  mostClients = MOST_CLIENTS,
  lifeMs = LIFE_MS,
}: LiveDeps) {
  const channel = createChannel()
  const clients = new Set<Response>()
  const stopped = new AbortController()
  let last: LiveNumbers | undefined
  let isLooking = false

  const drop = (response: Response): void => {
    clients.delete(response)
    response.destroy()
  }
  const tell = (): void => {
    for (const response of clients) if (response.writableLength > MOST_UNREAD_BYTES) drop(response)
    channel.broadcast(last, 'numbers')
  }
  const look = async (): Promise<void> => {
    if (isLooking) return
    isLooking = true
    while (clients.size > 0 && !stopped.signal.aborted) {
      last = await numbers()
      tell()
      // Ended early by a stop: then the loop ends too.
      await delay(everyMs, undefined, { signal: stopped.signal, ref: false }).catch(() => undefined)
    }
    // What was true when the last one left is nothing to greet the next one with.
    last = undefined
    isLooking = false
  }

  return {
    /** How many listen. */
    clients: () => clients.size,

    /** @returns false when there are too many already, or it is stopping: nothing was answered. */
    async join(request: Request, response: Response): Promise<boolean> {
      if (clients.size >= mostClients || stopped.signal.aborted) return false
      clients.add(response)
      const session = await createSession(request, response, {
        keepAlive: KEEP_ALIVE_MS,
        trustClientEventId: false,
      })
      const life = setTimeout(() => response.end(), lifeMs)
      const left = () => {
        clearTimeout(life)
        clients.delete(response)
      }
      session.once('disconnected', left)
      // It may have gone while the session began.
      if (!session.isConnected) left()
      else {
        channel.register(session)
        if (last) session.push(last, 'numbers')
      }
      void look()
      return true
    },

    /** Ends every connection: else the server would wait for them. */
    close(): void {
      stopped.abort()
      for (const response of clients) response.end()
      clients.clear()
    },
  }
}
