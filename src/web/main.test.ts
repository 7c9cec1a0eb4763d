import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterEach, expect, test, vi } from 'vitest'
import { testRedis } from '../playground/testing/services.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const PASSWORD = 'correct horse battery'
const NO_DATABASE = 'postgres://somebody:dbsecret@127.0.0.1:1/none'

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
  for (const name of ['REDIS_URL', 'DATABASE_URL', 'ADMIN_PASSWORD', 'WEB_PORT'])
    expect(all).toContain(`- ${name} `)
  expect(all).not.toContain('    at ')
})

test('it serves without PostgreSQL, a stop ends it although browsers keep their connections, and no secret is in its log', async () => {
  const { url, prefix } = await testRedis()
  const { web, port, log } = start({
    REDIS_URL: url,
    REDIS_PREFIX: prefix,
    DATABASE_URL: NO_DATABASE,
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
  // Somebody looks at live numbers.
  const Cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const live = await fetch(`${at}/stats/live`, { headers: { Cookie } })
  const reader = live.body?.pipeThrough(new TextDecoderStream()).getReader()
  let heard = ''
  while (!heard.includes('postgresql')) heard += (await reader?.read())?.value ?? ''
  const summary = await fetch(`${at}/stats/summary`, { headers: { Cookie } })
  expect([summary.status, await summary.text()]).toEqual([503, expect.stringContaining('PostgreSQL')])
  const kept = connect(Number(new URL(at).port), '127.0.0.1')
  kept.on('error', () => undefined)
  await once(kept, 'connect')

  web.kill('SIGTERM')
  expect((await web).exitCode).toBe(0)
  expect((await reader?.read())?.done).toBe(true)
  expect(log()).toContain('stopped')
  expect(log()).not.toContain('dbsecret')
  expect(log()).not.toContain(PASSWORD)
  expect(log()).not.toContain(login.headers.getSetCookie()[0]?.split(/[=;]/)[1])
})

test('it lives without Redis', async () => {
  const { web, port } = start({
    ...{ REDIS_URL: 'redis://127.0.0.1:1', DATABASE_URL: NO_DATABASE },
    ...{ ADMIN_PASSWORD: PASSWORD, WEB_PORT: '0' },
  })
  const at = `http://127.0.0.1:${await port()}`
  expect((await fetch(`${at}/health`)).status).toBe(200)
  expect((await fetch(`${at}/ready`)).status).toBe(503)
  web.kill('SIGINT')
  expect((await web).exitCode).toBe(0)
})
