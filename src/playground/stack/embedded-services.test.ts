import { Redis } from 'ioredis'
import { expect, onTestFinished, test, vi } from 'vitest'
import { descendantsOf } from '../testing/process-tree.ts'
import { testDir } from '../testing/services.ts'
import { startEmbeddedServices } from './embedded-services.ts'

const PATIENCE = { timeout: 60_000, interval: 100 }

test('a killed engine comes back on its address with its data', async () => {
  const say = vi.fn()
  const { settings, stop } = await startEmbeddedServices({ dir: await testDir(), say })
  onTestFinished(stop)
  const redis = new Redis(settings.REDIS_URL, { maxRetriesPerRequest: null })
  redis.on('error', () => undefined)
  onTestFinished(() => redis.disconnect())
  await redis.set('key', 'kept')

  const engines = await descendantsOf(process.pid)
  process.kill(engines.find(({ command }) => command.startsWith('redis-server'))?.pid ?? 0, 'SIGKILL')
  await vi.waitFor(
    () => expect(say).toHaveBeenCalledWith(expect.stringMatching(/^Redis has ended/)),
    PATIENCE,
  )
  expect(await redis.get('key')).toBe('kept')

  await stop()
  expect(await descendantsOf(process.pid)).toEqual([])
})
