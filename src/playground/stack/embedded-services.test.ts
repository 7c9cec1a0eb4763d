import { readFile } from 'node:fs/promises'
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

test('an engine can be away for a while, and be frozen; a frozen one is stopped all the same', async () => {
  const { settings, engines, stop } = await startEmbeddedServices({ dir: await testDir(), say: vi.fn() })
  onTestFinished(stop)
  const redis = new Redis(settings.REDIS_URL, { maxRetriesPerRequest: null })
  redis.on('error', () => undefined)
  onTestFinished(() => redis.disconnect())
  await redis.set('key', 'kept')

  const answers = vi.fn()
  await engines.redis.interrupt(
    (engine) => engine.kill(),
    async () => void redis.get('key').then(answers),
  )
  await vi.waitFor(() => expect(answers).toHaveBeenCalledWith('kept'), PATIENCE)

  await engines.redis.current().freeze()
  const late = redis.get('key').then(answers)
  const engine = (await descendantsOf(process.pid)).find(({ command }) => command.startsWith('redis-server'))
  const status = () => readFile(`/proc/${engine?.pid}/status`, 'utf8')
  await vi.waitFor(async () => expect(await status()).toMatch(/State:\s*T/), PATIENCE)
  expect(answers).toHaveBeenCalledTimes(1)
  await engines.redis.current().thaw()
  await late

  await Promise.all(Object.values(engines).map((one) => one.current().freeze()))
  await stop()
  expect(await descendantsOf(process.pid)).toEqual([])
})
