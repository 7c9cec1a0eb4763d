import { afterAll, expect } from 'vitest'
import { createState } from '../../../queues/state.ts'
import { SAMPLE_MEDIA_DIR } from '../media-site/make-media.ts'
import { startStack } from '../stack.ts'
import { descendantsOf } from '../testing/process-tree.ts'
import { testBucket, testDatabase, testDir, testRedis } from '../testing/services.ts'
import { expectCleanLogs } from './expect-clean-logs.ts'
import { addPerson } from './talk.ts'

/** Time for a whole conversation, or for the stack to start, on a machine that does much else. */
export const PATIENCE_MS = 240_000

/**
 * The whole product on the test services, for one test file. It is ended after the file's tests, and must leave no
 * process behind, and no secret in its logs.
 */
export async function runningStack(env: Record<string, string> = {}) {
  const [redis, { url: DATABASE_URL }, bucket, dir] = await Promise.all([
    testRedis(),
    testDatabase(),
    testBucket(),
    testDir(),
  ])
  const services = { REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, DATABASE_URL, ...bucket }
  const stack = await startStack({
    ...{ dir, mediaDir: SAMPLE_MEDIA_DIR, services, env },
    readyTimeoutMs: PATIENCE_MS,
  })
  const { world, mediaSite } = stack
  if (!world || !mediaSite) throw new Error('the stack has no stand-ins')
  const { token: botToken } = world.firstBot()
  const { origin } = mediaSite
  afterAll(async () => {
    await stack.stop()
    expectCleanLogs(await stack.logs(), { botToken, origin })
    expect(await descendantsOf(process.pid)).toEqual([])
  }, PATIENCE_MS)
  const state = createState(redis.redis, redis.prefix)
  afterAll(() => state.queues.close())
  return {
    ...{ stack, world, mediaSite, bucket, dir, databaseUrl: DATABASE_URL },
    /** What Redis knows. */
    state,
    person: (languageCode?: 'en' | 'ru') => addPerson(world, languageCode),
    link: (path: string) => mediaSite.origin + path,
    /** How often a process has ended and was started again. */
    restarts: () => [...stack.processes.values()].reduce((sum, process) => sum + process.restarts(), 0),
    /** How often the site was asked for a path. */
    hits: (path: string) => mediaSite.hits.get(path) ?? 0,
  }
}

export type RunningStack = Awaited<ReturnType<typeof runningStack>>
