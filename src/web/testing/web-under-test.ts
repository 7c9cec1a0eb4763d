import { once } from 'node:events'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { createState } from '../../../queues/state.ts'
import { createLogger } from '../../shared/logger.ts'
import { createApp } from '../app.ts'
import { closeWebServer, createWebServer } from '../server.ts'

export const PASSWORD = 'correct horse battery'

interface Options {
  redis: Redis
  prefix: string
  secureCookie?: boolean
}

/** The application as `main.ts` builds it, on a free port. */
export async function startWeb({ redis, prefix, secureCookie = false }: Options) {
  const lines: string[] = []
  const log = createLogger('debug', 'web', { write: (line) => lines.push(line) })
  const state = createState(redis, prefix)
  const { queues } = state
  const artifactMaxAgeMs = 6 * 3600_000
  const app = createApp({ state, artifactMaxAgeMs, adminPassword: PASSWORD, secureCookie, log })
  const server = createWebServer(app)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = z.object({ port: z.number() }).parse(server.address())
  const origin = `http://127.0.0.1:${port}`

  const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(origin + path, {
      method: 'POST',
      redirect: 'manual',
      headers: { Origin: origin, ...headers },
      body: new URLSearchParams(fields),
    })

  return {
    origin,
    state,
    queues,
    lines,
    post,
    get: (path: string, headers: Record<string, string> = {}) =>
      fetch(origin + path, { redirect: 'manual', headers }),
    /** @returns the headers of somebody who is logged in. */
    async logIn(): Promise<{ Cookie: string }> {
      const response = await post('/login', { user: 'admin', password: PASSWORD })
      return { Cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '' }
    },
    async close(): Promise<void> {
      await closeWebServer(server)
      await queues.close()
    },
  }
}
