import { once } from 'node:events'
import { afterEach, expect, test, vi } from 'vitest'
import { startRedis } from '../playground/engines/redis.ts'
import { testDir, testRedis } from '../playground/testing/services.ts'
import { createLogger } from './logger.ts'
import { createRedis } from './redis.ts'

const closing: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A server that the test may stop. Its data stays, so it comes back with the same password. */
async function stoppable() {
  const dir = await testDir()
  let server = await startRedis({ dir })
  closing.push(() => server.stop())
  const { url } = server
  const port = Number(new URL(url).port)
  return {
    url,
    stop: () => server.stop(),
    async start() {
      server = await startRedis({ dir, port })
    },
  }
}

function client(url: string, role: 'producer' | 'worker') {
  const lines: string[] = []
  const log = createLogger('info', 'test', { write: (line) => lines.push(line) })
  const redis = createRedis(url, { role, log })
  closing.push(() => redis.disconnect())
  return { redis, lines }
}

test('a worker’s command outlasts more reconnections than ioredis would forgive', async () => {
  const server = await stoppable()
  const { redis, lines } = client(server.url, 'worker')
  await redis.set('key', 'kept')
  await server.stop()
  await vi.waitFor(() => expect(redis.status).not.toBe('ready'), 20_000)
  const answer = redis.get('key')
  let attempts = 0
  redis.on('reconnecting', () => attempts++)
  await vi.waitFor(() => expect(attempts).toBeGreaterThan(21), 90_000)
  await server.start()
  expect(await answer).toBe('kept')
  // One line per outage, not per attempt.
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['Redis is away', 'Redis is back'])
}, 120_000)

test('a producer’s command fails at once without Redis, and works again with it', async () => {
  const server = await stoppable()
  const { redis } = client(server.url, 'producer')
  await once(redis, 'ready')
  await server.stop()
  await vi.waitFor(() => expect(redis.status).not.toBe('ready'), 20_000)
  await expect(redis.get('key')).rejects.toThrow(/enableOfflineQueue|Connection is closed/)
  await server.start()
  await vi.waitFor(() => expect(redis.status).toBe('ready'), 20_000)
  expect(await redis.ping()).toBe('PONG')
})

test('a producer’s command fails within seconds when Redis says nothing', async () => {
  const server = await stoppable()
  const { redis } = client(server.url, 'producer')
  const { redis: other } = client(server.url, 'worker')
  await once(redis, 'ready')
  await other.client('PAUSE', 60_000, 'ALL')
  await expect(redis.get('key')).rejects.toThrow('Command timed out')
})

test.each(['producer', 'worker'] as const)(
  'a %s never waits more than a second to reconnect',
  async (role) => {
    const { url } = await testRedis()
    const { redis } = client(url, role)
    for (const attempt of [1, 10, 100, 100_000]) {
      const delayMs = redis.options.retryStrategy?.(attempt)
      expect(delayMs).toBeGreaterThan(0)
      expect(delayMs).toBeLessThanOrEqual(1000)
    }
  },
)

test('a refused password is logged, but not which', async () => {
  const { url } = await testRedis()
  const wrong = new URL(url)
  wrong.password = 'the-wrong-password'
  const { lines } = client(wrong.href, 'worker')
  await vi.waitFor(() => expect(lines.length).toBeGreaterThan(0), 20_000)
  expect(lines.join('')).toContain('WRONGPASS')
  expect(lines.join('')).not.toMatch(/the-wrong-password|redis:\/\//)
})
