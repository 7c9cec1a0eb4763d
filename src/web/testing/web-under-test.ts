import { once } from 'node:events'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { createQueues } from '../../../queues/queues.ts'
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
  const queues = createQueues(redis, prefix)
  const app = createApp({ redis, queues, prefix, adminPassword: PASSWORD, secureCookie, log })
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
