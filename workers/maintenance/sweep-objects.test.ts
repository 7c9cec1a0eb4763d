import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cachedFields } from '../../queues/cached.ts'
import { keysFor } from '../../queues/keys.ts'
import { testBucket, testDir, testRedis } from '../../src/playground/testing/services.ts'
import { createStorage } from '../../src/shared/storage/create-storage.ts'
import { newObjectKey } from '../../src/shared/storage/object-key.ts'
import { sweepObjects } from './sweep-objects.ts'

test('objects that no media key knows are removed, once they are old', async () => {
  const { redis, prefix } = await testRedis()
  const keys = keysFor(prefix)
  const storage = createStorage(await testBucket())
  const path = join(await testDir(), 'x')
  await writeFile(path, 'movie')
  const put = () => storage.put(newObjectKey('mp4'), path, { contentType: 'video/mp4' })
  const [known, thumbnail, unknown] = [await put(), await put(), await put()]
  const file = {
    kind: 'video' as const,
    extension: 'mp4' as const,
    mimeType: 'video/mp4' as const,
    sizeBytes: 5,
    width: 2,
    height: 2,
    durationS: 1,
    title: 't',
    performer: null,
    treatment: 'as_is' as const,
  }
  await redis.hset(keys.shared('site.1'), {
    state: 'cached',
    generation: 1,
    ...cachedFields({ file, media: known, thumbnail, artifact: null, artifactThumbnail: null }),
  })
  await redis.hset(keys.shared('site.2'), { state: 'inflight', generation: 2 })
  const left = async () => {
    const found: string[] = []
    for await (const { key } of storage.list('cache/')) found.push(key)
    return found.sort()
  }
  expect(await sweepObjects({ redis, keys, storage }, Date.now())).toBe(0)
  expect((await left()).length).toBe(3)
  expect(await sweepObjects({ redis, keys, storage }, Date.now() + 25 * 3600_000)).toBe(1)
  expect(await left()).toEqual([known.key, thumbnail.key].sort())
  expect(unknown.key).toMatch(/^cache\//)
})
