import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { createState } from '../../../queues/state.ts'
import { expectCleanLogs } from '../conversations/expect-clean-logs.ts'
import { SAMPLE_MEDIA_DIR } from '../media-site/make-media.ts'
import type { WorkerLayout } from '../stack/product.ts'
import { startStack } from '../stack.ts'
import { descendantsOf } from '../testing/process-tree.ts'
import { testBucket, testDatabase, testDir, testRedis } from '../testing/services.ts'

/** Whoever dies holds up its jobs for so long, and for one look at what stalled. */
export const LOCK_SECONDS = 2

const PATIENCE_MS = 240_000

/**
 * The whole product with a process for each stage, which notices soon that one has died. `envOf` is asked at every
 * start of a process. It is ended after the file's tests, and must leave no process behind.
 */
export async function productUnderFire(
  workers: WorkerLayout,
  envOf: (name: string) => Record<string, string> = () => ({}),
) {
  const [redis, database, bucket, dir] = await Promise.all([
    testRedis(),
    testDatabase(),
    testBucket(),
    testDir(),
  ])
  const stack = await startStack({
    ...{ dir, mediaDir: SAMPLE_MEDIA_DIR, workers, envOf },
    services: { REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, DATABASE_URL: database.url, ...bucket },
    env: {
      LOCK_SECONDS: String(LOCK_SECONDS),
      STALLED_CHECK_SECONDS: '1',
      // Whoever asks is let in, however often.
      ...{ LINKS_PER_MINUTE: '0', LINKS_PER_DAY: '0' },
      // Temporary folders of tools are looked for as well.
      TMPDIR: dir,
      // A third of what a start costs is compiling.
      NODE_COMPILE_CACHE: join(dir, 'compiled'),
    },
    readyTimeoutMs: PATIENCE_MS,
  })
  const { world, mediaSite } = stack
  if (!world || !mediaSite) throw new Error('the stack has no stand-ins')
  const { token: botToken } = world.firstBot()
  const { origin } = mediaSite
  const state = createState(redis.redis, redis.prefix)
  afterAll(() => state.queues.close())
  afterAll(async () => {
    await stack.stop()
    expect(await descendantsOf(process.pid)).toEqual([])
    expectCleanLogs(withoutRepairs(await stack.logs()), { botToken, origin })
  }, PATIENCE_MS)
  return {
    ...{ stack, world, mediaSite, state, dir, bucket, databaseUrl: database.url },
    redis: redis.redis,
    artifactsDir: join(dir, 'artifacts'),
    link: (path: string) => origin + path,
  }
}

export type ProductUnderFire = Awaited<ReturnType<typeof productUnderFire>>

/** Under fire there is something to mend, and a line that was being written is cut off. */
function withoutRepairs(logs: string): string {
  const isWhole = (line: string) => {
    try {
      JSON.parse(line)
      return true
    } catch {
      return false
    }
  }
  return logs
    .split('\n')
    .filter((line) => isWhole(line) && !line.includes('"msg":"mended"'))
    .join('\n')
}
