import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterEach, expect, test, vi } from 'vitest'
import { testRedis } from '../playground/testing/services.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const PASSWORD = 'correct horse battery'

const running = new Set<AbortController>()
afterEach(() => {
  for (const process of running) process.abort()
  running.clear()
})

/** The process as an operator starts it, with nothing else in its environment. */
function start(env: Record<string, string>) {
  const stop = new AbortController()
  running.add(stop)
  const options = {
    env,
    extendEnv: false,
    reject: false,
    all: true,
    cancelSignal: stop.signal,
    forceKillAfterDelay: false,
  } as const
  const web = execa(process.execPath, [MAIN], options)
  let log = ''
  web.all.on('data', (chunk: Buffer) => {
    log += chunk
  })
  const port = () =>
    vi.waitFor(() => {
      const found = /"port":(\d+)/.exec(log)?.[1]
      if (!found) throw new Error(`not listening: ${log}`)
      return Number(found)
    }, 30_000)
  return { web, port, log: () => log }
}

test('what is missing is said at once, without a stack', async () => {
  const { web } = start({ WEB_PORT: 'eighty' })
  const { exitCode, all } = await web
  expect(exitCode).toBe(1)
  for (const name of ['REDIS_URL', 'ADMIN_PASSWORD', 'WEB_PORT']) expect(all).toContain(`- ${name} `)
  expect(all).not.toContain('    at ')
})

test('it serves, a stop ends it although a browser keeps its connection, and no secret is in its log', async () => {
  const { url, prefix } = await testRedis()
  const { web, port, log } = start({
    REDIS_URL: url,
    REDIS_PREFIX: prefix,
    ADMIN_PASSWORD: PASSWORD,
    WEB_PORT: '0',
    LOG_LEVEL: 'debug',
  })
  const at = `http://127.0.0.1:${await port()}`
  await vi.waitFor(async () => expect((await fetch(`${at}/ready`)).status).toBe(503), 30_000)
  const login = await fetch(`${at}/login`, {
    method: 'POST',
    headers: { Origin: at },
    redirect: 'manual',
    body: new URLSearchParams({ user: 'admin', password: PASSWORD }),
  })
  expect(login.status).toBe(303)
  const kept = connect(Number(new URL(at).port), '127.0.0.1')
  kept.on('error', () => undefined)
  await once(kept, 'connect')

  web.kill('SIGTERM')
  expect((await web).exitCode).toBe(0)
  expect(log()).toContain('stopped')
  expect(log()).not.toContain(PASSWORD)
  expect(log()).not.toContain(login.headers.getSetCookie()[0]?.split(/[=;]/)[1])
})

test('it lives without Redis', async () => {
  const { web, port } = start({ REDIS_URL: 'redis://127.0.0.1:1', ADMIN_PASSWORD: PASSWORD, WEB_PORT: '0' })
  const at = `http://127.0.0.1:${await port()}`
  expect((await fetch(`${at}/health`)).status).toBe(200)
  expect((await fetch(`${at}/ready`)).status).toBe(503)
  web.kill('SIGINT')
  expect((await web).exitCode).toBe(0)
})
