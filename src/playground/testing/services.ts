import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { afterAll, inject } from 'vitest'
import { z } from 'zod'
import { createTestBucket, type TestBucket } from './test-bucket.ts'

/**
 * Real services for tests. What a call hands out belongs to its test file alone and is removed when the file is done;
 * call it from anywhere in the file.
 */

const cleanups: (() => Promise<unknown>)[] = []
// Registered while the file loads, so hooks of the file itself (run in reverse order) come before it.
afterAll(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const randomName = () => `t-${randomBytes(6).toString('hex')}`

/** @returns a client, the address, and a prefix (letters, digits and `-`); all keys under it are deleted. */
export async function testRedis(): Promise<{ redis: Redis; url: string; prefix: string }> {
  const { url } = await service('redis', z.object({ url: z.string() }))
  const prefix = randomName()
  const redis = new Redis(url, { maxRetriesPerRequest: null })
  cleanups.push(async () => {
    // A client of our own: the test may have closed the one it got.
    const cleaner = new Redis(url)
    for await (const keys of cleaner.scanStream({ match: `${prefix}*`, count: 1000 }))
      if (keys.length > 0) await cleaner.unlink(keys)
    cleaner.disconnect()
    redis.disconnect()
  })
  return { redis, url, prefix }
}

/** @returns the address of a new, empty database, as its superuser. */
export async function testDatabase(): Promise<{ url: string }> {
  const { url } = await service('postgres', z.object({ url: z.string() }))
  const name = randomName()
  const execute = async (statement: string) => {
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query(statement).finally(() => client.end())
  }
  await execute(`CREATE DATABASE "${name}"`)
  cleanups.push(() => execute(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`))
  return { url: new URL(`/${name}`, url).href }
}

/**
 * @returns the settings of a new, empty bucket. It is on the embedded server, or where `S3_TEST_ENDPOINT`,
 * `S3_TEST_ACCESS_KEY_ID` and `S3_TEST_SECRET_ACCESS_KEY` point to.
 */
export async function testBucket(): Promise<TestBucket> {
  const { S3_TEST_ENDPOINT, S3_TEST_REGION, S3_TEST_ACCESS_KEY_ID, S3_TEST_SECRET_ACCESS_KEY } = process.env
  const server = S3_TEST_ENDPOINT
    ? {
        endpoint: S3_TEST_ENDPOINT,
        accessKeyId: S3_TEST_ACCESS_KEY_ID ?? '',
        secretAccessKey: S3_TEST_SECRET_ACCESS_KEY ?? '',
      }
    : await service(
        's3',
        z.object({ endpoint: z.string(), accessKeyId: z.string(), secretAccessKey: z.string() }),
      )
  const { settings, remove } = await createTestBucket(server, S3_TEST_REGION || 'us-east-1', randomName())
  cleanups.push(remove)
  return settings
}

/** @returns an empty folder. */
export async function testDir(): Promise<string> {
  const dir = await mkdtemp(join(inject('runDir'), 'dir-'))
  cleanups.push(() => rm(dir, { recursive: true, force: true }))
  return dir
}

async function service<T extends z.ZodType>(name: string, shape: T): Promise<z.infer<T>> {
  const answer = await fetch(`${inject('serviceDesk')}/${name}`)
  if (!answer.ok) throw new Error(await answer.text())
  return shape.parse(await answer.json())
}
