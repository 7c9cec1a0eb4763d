import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startPostgres } from '../engines/postgres.ts'
import { startRedis } from '../engines/redis.ts'
import { startS3 } from '../engines/s3.ts'
import { createServiceDesk } from './service-desk.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where a test file asks for an engine: see service-desk.ts. */
    serviceDesk: string
    /** Holds all folders of the run, so that a test file that is killed leaves none behind. */
    runDir: string
  }
}

/** One Redis, one PostgreSQL and one S3 server for the whole run, each started when the first test asks for it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'clipferry-test-'))
  const desk = await createServiceDesk({
    redis: () => startRedis({ dir: join(dir, 'redis') }),
    postgres: () => startPostgres({ dir: join(dir, 'postgres'), durable: false }),
    s3: () => startS3({ dir: join(dir, 's3') }),
  })
  project.provide('serviceDesk', desk.url)
  project.provide('runDir', dir)
  return async () => {
    await desk.close()
    await rm(dir, { recursive: true, force: true })
  }
}
