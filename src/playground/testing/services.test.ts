import { existsSync } from 'node:fs'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { testBucket, testDatabase, testDir, testRedis } from './services.ts'

test('each call gets a Redis prefix of its own', async () => {
  const [a, b] = await Promise.all([testRedis(), testRedis()])
  expect(a.prefix).not.toBe(b.prefix)
  expect(a.url).toBe(b.url)
  expect(await a.redis.set(`${a.prefix}:key`, 1)).toBe('OK')
})

test('each call gets a database of its own', async () => {
  const [a, b] = await Promise.all([testDatabase(), testDatabase()])
  expect(a.url).not.toBe(b.url)
  const client = new Client({ connectionString: a.url })
  await client.connect()
  await client.query('CREATE TABLE t (i int)')
  await client.end()
})

test('each call gets a bucket of its own', async () => {
  const [a, b] = await Promise.all([testBucket(), testBucket()])
  expect(a.S3_BUCKET).not.toBe(b.S3_BUCKET)
  const client = new S3Client({
    endpoint: a.S3_ENDPOINT,
    region: a.S3_REGION,
    credentials: { accessKeyId: a.S3_ACCESS_KEY_ID, secretAccessKey: a.S3_SECRET_ACCESS_KEY },
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
  const put = await client.send(new PutObjectCommand({ Bucket: a.S3_BUCKET, Key: 'a/b', Body: 'x' }))
  expect(put.$metadata.httpStatusCode).toBe(200)
  client.destroy()
})

test('a folder is there', async () => {
  expect(existsSync(await testDir())).toBe(true)
})
