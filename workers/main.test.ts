import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
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

test('a worker that cannot say goodbye ends all the same', async () => {
  const dir = await testDir()
  const redis = await startRedis({ dir })
  const child = spawn(process.execPath, ['workers/main.ts', 'intake'], {
    env: { PATH: process.env.PATH, REDIS_URL: redis.url, SHUTDOWN_GRACE_SECONDS: '1' },
  })
  const exited = once(child, 'exit')
  try {
    for await (const line of createInterface(child.stdout)) if (line.includes('"started"')) break
    // It takes what it is told, and answers nothing.
    await redis.freeze()
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
  } finally {
    child.kill('SIGKILL')
    await redis.stop()
  }
})
