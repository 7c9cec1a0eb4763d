import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { STAGE_NAMES } from '../../queues/pipeline.ts'
import { startStack } from './stack.ts'
import { descendantsOf } from './testing/process-tree.ts'
import { testBucket, testDatabase, testDir, testRedis } from './testing/services.ts'

const PATIENCE = { timeout: 120_000, interval: 100 }
const mediaDir = fileURLToPath(new URL('../../.clipferry/media-site', import.meta.url))

async function services() {
  const [{ url: REDIS_URL, prefix: REDIS_PREFIX }, { url: DATABASE_URL }, bucket] = await Promise.all([
    testRedis(),
    testDatabase(),
    testBucket(),
  ])
  return { REDIS_URL, REDIS_PREFIX, DATABASE_URL, ...bucket }
}

test('one process per stage; a killed one comes back alone', { timeout: 300_000 }, async () => {
  const say = vi.fn()
  const options = { dir: await testDir(), mediaDir, services: await services(), say }
  const stack = await startStack({ ...options, workers: 'each', readyTimeoutMs: 200_000 })
  onTestFinished(stack.stop)
  expect([...stack.processes.keys()]).toEqual(['web', ...STAGE_NAMES.map((name) => `worker-${name}`), 'bot'])
  await expect.poll(async () => (await fetch(`${stack.webUrl}/ready`)).status, PATIENCE).toBe(200)

  await stack.killWorker('fetch')
  await vi.waitFor(() => expect(stack.processes.get('worker-fetch')?.restarts()).toBe(1), PATIENCE)
  expect([...stack.processes.values()].map((one) => one.restarts()).filter(Boolean)).toEqual([1])
  expect(say).toHaveBeenCalledWith(expect.stringMatching(/^worker-fetch has ended/))
  // Every stage, the bot, and the one that came back.
  const started = async () => (await stack.logs()).match(/"msg":"started"/g)?.length
  await vi.waitFor(async () => expect(await started()).toBe(STAGE_NAMES.length + 2), PATIENCE)

  await stack.stop()
  expect(await descendantsOf(process.pid)).toEqual([])
})

test('what does not start says why, and leaves nothing running', { timeout: 300_000 }, async () => {
  const env = { MAX_FILE_MB: 'plenty' }
  const starting = startStack({ dir: await testDir(), mediaDir, services: await services(), env })
  await expect(starting).rejects.toThrow(/worker does not stay up.*MAX_FILE_MB/s)
  expect(await descendantsOf(process.pid)).toEqual([])
})
