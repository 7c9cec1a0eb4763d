import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'

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
