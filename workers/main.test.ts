import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { Redis } from 'ioredis'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { createState } from '../queues/state.ts'
import { startRedis } from '../src/playground/engines/redis.ts'
import { testDir } from '../src/playground/testing/services.ts'

/** Runs a worker process to its end. */
async function work(stages: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, ['workers/main.ts', ...stages], {
    env: { PATH: process.env.PATH, ...env },
  })
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  return { said, code }
}

test('a worker that is configured wrongly says all of it and ends', async () => {
  const { said, code } = await work(['intake', 'fetch', 'publish'], {
    REDIS_URL: 'http://x',
    CONCURRENCY_PUBLISH: 'abc',
    ARTIFACTS_DIR: 'relative',
  })
  expect(code).toBe(1)
  for (const name of ['REDIS_URL', 'CONCURRENCY_PUBLISH', 'ARTIFACTS_DIR']) expect(said).toContain(name)
})

test('a yt-dlp that cannot be used is a reason not to start', async () => {
  const { said, code } = await work(['inspect'], {
    REDIS_URL: 'redis://127.0.0.1:1',
    YTDLP_PATH: '/bin/false',
  })
  expect(code).toBe(1)
  expect(said).toContain('yt-dlp')
})

test('names that are no stages are told from those that are', async () => {
  const { said, code } = await work(['fetch', 'fech'], {})
  expect(code).toBe(1)
  expect(said).toContain('transcode')
})

test('a worker whose job cannot end does so all the same', async () => {
  const redis = await startRedis({ dir: await testDir() })
  // Takes connections and says nothing, as a frozen PostgreSQL does.
  const database = createServer().listen(0, '127.0.0.1')
  await once(database, 'listening')
  const { port } = z.object({ port: z.number() }).parse(database.address())
  const client = new Redis(redis.url)
  const { queues } = createState(client, 'clipferry')
  const child = spawn(process.execPath, ['workers/main.ts', 'analytics'], {
    env: {
      ...{ PATH: process.env.PATH, REDIS_URL: redis.url, SHUTDOWN_GRACE_SECONDS: '1' },
      DATABASE_URL: `postgres://x:x@127.0.0.1:${port}/x`,
    },
  })
  const exited = once(child, 'exit')
  try {
    const event = { id: 'e', atMs: 1, botId: 1, name: 'user_referred', userId: 1, referredUserId: 2 } as const
    await queues.add('analytics', { events: [event] }, { jobId: 'e' })
    const isActive = async () => expect(await queues.queue('analytics').getActiveCount()).toBe(1)
    await vi.waitFor(isActive, { timeout: 30_000, interval: 20 })
    await redis.freeze()
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
  } finally {
    child.kill('SIGKILL')
    client.disconnect()
    database.close()
    await redis.stop()
  }
})
