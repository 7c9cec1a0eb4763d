import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keysFor } from '../../queues/keys.ts'
import { createMends } from '../../queues/mends.ts'
import { STAGE_NAMES } from '../../queues/pipeline.ts'
import { testRedis } from '../playground/testing/services.ts'
import { PASSWORD, startWeb } from './testing/web-under-test.ts'

let redis: Redis
let prefix: string
let web: Awaited<ReturnType<typeof startWeb>>

beforeAll(async () => {
  const service = await testRedis()
  redis = service.redis
  prefix = service.prefix
  web = await startWeb({ redis, prefix })
})
afterAll(() => web?.close())

test('without a login every page but the open ones leads to it', async () => {
  for (const path of ['/', '/queues', '/queues/', '/queues/queue/fetch', '/queues/metrics-history']) {
    const page = await web.get(path, { Accept: 'text/html' })
    expect([path, page.status, page.headers.get('location')]).toEqual([path, 303, '/login'])
  }
  for (const path of ['/queues/api/queues', '/queues/api/redis/stats', '/queues/static/favicon.ico'])
    expect([path, (await web.get(path)).status]).toEqual([path, 401])
  for (const path of ['/login', '/health', '/assets/web.css'])
    expect([path, (await web.get(path)).status]).toEqual([path, 200])
})

test('a cookie that we never gave, or that is broken, opens nothing', async () => {
  for (const value of ['', 'x', 'a'.repeat(43), `${'a'.repeat(43)}; clipferry_session=`])
    expect((await web.get('/queues/api/queues', { Cookie: `clipferry_session=${value}` })).status).toBe(401)
})

test('the right password opens a session that logging out ends', async () => {
  const login = await web.post('/login', { user: 'admin', password: PASSWORD })
  expect([login.status, login.headers.get('location')]).toEqual([303, '/'])
  const cookie = login.headers.getSetCookie()[0] ?? ''
  expect(cookie).toMatch(
    /^clipferry_session=[\w-]{43}; Max-Age=43200; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
  )
  const headers = { Cookie: cookie.split(';')[0] ?? '' }
  expect((await web.get('/', headers)).status).toBe(200)

  const logout = await web.post('/logout', {}, headers)
  expect([logout.status, logout.headers.get('location')]).toEqual([303, '/login'])
  expect((await web.get('/', { ...headers, Accept: 'text/html' })).status).toBe(303)
})

test('sessions live 12 hours, and what stands in Redis opens none', async () => {
  const { Cookie } = await web.logIn()
  const keys = await redis.keys(`${prefix}:web-session:*`)
  const ttls = await Promise.all(keys.map((key) => redis.ttl(key)))
  expect(Math.max(...ttls)).toBeGreaterThan(12 * 3600 - 60)
  expect(Math.max(...ttls)).toBeLessThanOrEqual(12 * 3600)
  expect(keys.join()).not.toContain(Cookie.split('=')[1])
})

test('behind TLS the cookie goes over https only, and browsers remember https', async () => {
  const secure = await startWeb({ redis, prefix: `${prefix}-tls`, secureCookie: true })
  const login = await secure.post('/login', { user: 'admin', password: PASSWORD })
  expect(login.headers.getSetCookie()[0]).toContain('; Secure')
  expect(login.headers.get('strict-transport-security')).toContain('max-age=')
  await secure.close()
})

test.each([
  ['another user', { user: 'root', password: PASSWORD }, 401],
  ['a wrong password', { user: 'admin', password: `${PASSWORD}!` }, 401],
  ['no password', { user: 'admin' }, 400],
  ['a password that is a page long', { user: 'admin', password: 'x'.repeat(5000) }, 400],
])('%s opens nothing', async (_, fields: Record<string, string>, status) => {
  const local = await startWeb({ redis, prefix: `${prefix}-${randomUUID()}` })
  const response = await local.post('/login', fields)
  expect([response.status, response.headers.getSetCookie()]).toEqual([status, []])
  await local.close()
})

test('guessing ends after ten attempts, also when they come at once, and the right password no longer helps', async () => {
  const local = await startWeb({ redis, prefix: `${prefix}-guess` })
  const guesses = await Promise.all(
    Array.from({ length: 20 }, (_, i) => local.post('/login', { user: 'admin', password: `guess ${i}` })),
  )
  const refused = guesses.filter(({ status }) => status === 429)
  expect(refused).toHaveLength(10)
  expect(refused[0]?.headers.get('content-type')).toContain('text/plain')
  expect(await refused[0]?.text()).toContain('Try again in 15 min')
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(800)
  expect((await local.post('/login', { user: 'admin', password: PASSWORD })).status).toBe(429)
  await local.close()
})

test('guessing is limited while Redis is away', async () => {
  const away = new Redis('redis://127.0.0.1:1', { enableOfflineQueue: false, maxRetriesPerRequest: 0 })
  away.on('error', () => undefined)
  const local = await startWeb({ redis: away, prefix })
  const statuses: number[] = []
  for (let i = 0; i < 12; i++)
    statuses.push((await local.post('/login', { user: 'admin', password: 'wrong' })).status)
  expect(statuses).toEqual([...Array(10).fill(401), 429, 429])
  const page = await local.get('/', { Cookie: `clipferry_session=${'a'.repeat(43)}`, Accept: 'text/html' })
  expect([page.status, await page.text()]).toEqual([503, expect.stringContaining('cannot reach Redis')])
  await local.close()
  away.disconnect()
})

test('a login forgives the mistypings before it', async () => {
  const local = await startWeb({ redis, prefix: `${prefix}-mistyped` })
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 9; i++) await local.post('/login', { user: 'admin', password: 'wrong' })
    expect((await local.post('/login', { user: 'admin', password: PASSWORD })).status).toBe(303)
  }
  await local.close()
})

test.each([
  ['another site', 'https://evil.example'],
  ['a sandboxed frame', 'null'],
  ['nobody', ''],
])('a form that comes from %s is refused', async (_, Origin) => {
  const headers = await web.logIn()
  const login = await web.post('/login', { user: 'admin', password: PASSWORD }, { Origin })
  expect([login.status, login.headers.getSetCookie()]).toEqual([403, []])
  expect((await web.post('/logout', {}, { ...headers, Origin })).status).toBe(403)
  expect((await web.get('/', headers)).status).toBe(200)
})

test('pages speak the language of the browser', async () => {
  const page = async (language: string) =>
    (await web.get('/login', { Accept: 'text/html', 'Accept-Language': language })).text()
  expect(await page('ru-RU,ru;q=0.9,en;q=0.8')).toContain('<html lang="ru"')
  expect(await page('en-GB,en;q=0.9')).toContain('<html lang="en"')
  expect(await page('fr')).toContain('Log in')
})

test('the start page shows each stage with what waits, and for how long', async () => {
  const queue = web.queues.queue('maintenance')
  await queue.add('maintenance', { task: 'canary' }, { timestamp: Date.now() - 3 * 3600_000 })
  const page = await (await web.get('/', await web.logIn())).text()
  const rows = page.split('<tr>').filter((row) => row.includes('scope="row"'))
  expect(rows).toHaveLength(STAGE_NAMES.length)
  expect(rows.at(-1)).toMatch(/maintenance<\/a><\/th>\s*<td>1<\/td>\s*<td>0<\/td>/)
  expect(rows.at(-1)).toContain('3 h ago')
  expect(rows[0]).toContain('never')
})

test('the start page shows what had to be repaired, once there is something', async () => {
  const headers = await web.logIn()
  expect(await (await web.get('/', headers)).text()).not.toContain('Repairs')
  const mends = createMends(redis, keysFor(prefix))
  const log = pino({ level: 'silent' })
  await mends.mended('restarted', log, { ticket: 'ABC123' })
  await mends.swept('objects', 3, log)
  await mends.swept('uploads', 0, log)
  expect(await (await web.get('/', headers)).text()).toMatch(/Repairs.*: restarted 1 · swept_objects 3</)
})

test('headers say what a page may do, and nothing of what serves it', async () => {
  const login = await web.get('/login')
  const headers = Object.fromEntries(login.headers)
  expect(headers['content-security-policy']).toBe(
    "default-src 'none';frame-ancestors 'none';form-action 'self';style-src 'self';img-src 'self';base-uri 'none'",
  )
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store',
  })
  expect(headers).not.toHaveProperty('strict-transport-security')
  const board = await web.get('/queues', await web.logIn())
  for (const page of [login, board, await web.get('/nowhere')])
    expect(page.headers.get('x-powered-by')).toBeNull()
  expect(board.headers.get('content-security-policy')).not.toMatch(/unsafe|https?:/)
})

test('a page that is not there, a body that is too large, a body that nobody can read: a page, and no stack', async () => {
  const answers = await Promise.all([
    web.get('/nowhere', { Accept: 'text/html' }),
    web.post('/login', { user: 'x'.repeat(20_000), password: '' }, { Accept: 'text/html' }),
    web.post('/login', {}, { Accept: 'text/html', 'Content-Encoding': 'nonsense' }),
  ])
  expect(answers.map(({ status }) => status)).toEqual([404, 413, 415])
  for (const answer of answers) expect(await answer.text()).not.toMatch(/node_modules|at .*\.[jt]s:/)
})

test('a request that never ends its headers is cut off', async () => {
  const { port } = new URL(web.origin)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(`GET / HTTP/1.1\r\nHost: x\r\n${'X-Fill: 1\r\n'.repeat(3000)}`)
  expect(await text(socket)).toContain('431')
})
