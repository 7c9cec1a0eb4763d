import { once } from 'node:events'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { createState } from '../../../queues/state.ts'
import { createPool, createReadPool } from '../../shared/db/pool.ts'
import { createLogger } from '../../shared/logger.ts'
import { createApp } from '../app.ts'
import type { Role } from '../role.ts'
import { closeWebServer, createWebServer } from '../server.ts'
import { createLive, type Live } from '../stats/live.ts'
import { createLiveNumbers } from '../stats/live-numbers.ts'

export const PASSWORD = 'correct horse battery'
export const VIEWER_PASSWORD = 'only looking around'
const NO_DATABASE = 'postgres://nobody@127.0.0.1:1/none'

interface Options {
  redis: Redis
  prefix: string
  /** Without it PostgreSQL is away. */
  databaseUrl?: string
  reportTz?: string
  /** Without it no answer is kept: a test sees what it has just written. */
  answersKeptMs?: number
  live?: Live
  viewerPassword?: string | undefined
  secureCookie?: boolean
}

/** The application as `main.ts` builds it, on a free port. */
export async function startWeb({ redis, prefix, secureCookie = false, ...more }: Options) {
  const lines: string[] = []
  const log = createLogger('debug', 'web', { write: (line) => lines.push(line) })
  const state = createState(redis, prefix)
  const { queues } = state
  const artifactMaxAgeMs = 6 * 3600_000
  const db = createPool(more.databaseUrl ?? NO_DATABASE, { applicationName: 'clipferry-web', log })
  const reader = createReadPool(more.databaseUrl ?? NO_DATABASE, {
    applicationName: 'clipferry-web-read',
    log,
  })
  const reportTz = more.reportTz ?? 'Europe/Moscow'
  const live =
    more.live ??
    createLive({ numbers: createLiveNumbers({ redis, queues, reader, reportTz, log }), everyMs: 200 })
  const app = createApp({
    state,
    artifactMaxAgeMs,
    passwords: {
      admin: PASSWORD,
      viewer: 'viewerPassword' in more ? more.viewerPassword : VIEWER_PASSWORD,
    },
    reader,
    writer: db,
    reportTz,
    answersKeptMs: more.answersKeptMs ?? 0,
    live,
    secureCookie,
    log,
  })
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
    db,
    post,
    get: (path: string, headers: Record<string, string> = {}) =>
      fetch(origin + path, { redirect: 'manual', headers }),
    /** @returns the headers of somebody who is logged in. */
    async logIn(role: Role = 'admin'): Promise<{ Cookie: string }> {
      const password = role === 'admin' ? PASSWORD : VIEWER_PASSWORD
      const response = await post('/login', { user: role, password })
      return { Cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '' }
    },
    async close(): Promise<void> {
      live.close()
      await closeWebServer(server)
      await Promise.all([queues.close(), db.end(), reader.end()])
    },
  }
}
