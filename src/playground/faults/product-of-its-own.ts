import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, expect } from 'vitest'
import { createState } from '../../../queues/state.ts'
import { SAMPLE_MEDIA_DIR } from '../media-site/make-media.ts'
import type { WorkerLayout } from '../stack/product.ts'
import { startStack } from '../stack.ts'
import { descendantsOf } from '../testing/process-tree.ts'
import { testDir } from '../testing/services.ts'
import { newPerson } from './people.ts'

const PATIENCE_MS = 240_000

interface Options {
  workers?: WorkerLayout
  env?: Record<string, string>
  /** Called with the folder of the artifacts before anything starts. */
  prepare?: (artifactsDir: string) => Promise<void> | void
}

/**
 * The whole product with Redis, PostgreSQL and S3 of its own, to be killed, frozen and cut back. It is ended after the
 * file's tests, and must leave no process behind.
 */
export async function productOfItsOwn({ workers = 'one', env = {}, prepare }: Options = {}) {
  const dir = await testDir()
  const artifactsDir = join(dir, 'artifacts')
  await mkdir(artifactsDir, { mode: 0o700 })
  await prepare?.(artifactsDir)
  const stack = await startStack({
    ...{ dir, mediaDir: SAMPLE_MEDIA_DIR, workers },
    env: { LOCK_SECONDS: '3', STALLED_CHECK_SECONDS: '1', TMPDIR: dir, ...env },
    readyTimeoutMs: PATIENCE_MS,
  })
  const { world, mediaSite, engines, services } = stack
  if (!world || !mediaSite || !engines) throw new Error('the stack is not all there')
  const redis = new Redis(services.REDIS_URL, { maxRetriesPerRequest: null })
  redis.on('error', () => undefined)
  const state = createState(redis, services.REDIS_PREFIX ?? 'clipferry')
  afterAll(async () => {
    await state.queues.close()
    redis.disconnect()
    await stack.stop()
    expect(await descendantsOf(process.pid)).toEqual([])
  }, PATIENCE_MS)
  const botId = world.firstBot().id
  return {
    ...{ stack, world, mediaSite, engines, state, redis, dir, artifactsDir, bucket: services },
    databaseUrl: services.DATABASE_URL,
    link: (path: string) => mediaSite.origin + path,
    /** Somebody who need not be asked for a quality. */
    async person() {
      const person = newPerson(world)
      await state.preferences.set(botId, person.user.id, 'v1080')
      return person
    },
    /** Processes of the product that have ended and were started again. */
    restarts: () => [...stack.processes.values()].reduce((sum, process) => sum + process.restarts(), 0),
  }
}
