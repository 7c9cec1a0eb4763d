import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { testBucket, testDir } from '../../playground/testing/services.ts'
import { createStorage } from './create-storage.ts'

const MIB = 1 << 20

// What counts is what is held, not what the collector has not come to yet on a busy machine.
setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

test('200 MB pass through with little memory, there and back', async () => {
  const [settings, dir] = await Promise.all([testBucket(), testDir()])
  const storage = createStorage(settings)
  const sizeBytes = 200 * MIB
  const path = join(dir, 'big')
  await writeFile(path, '')
  await truncate(path, sizeBytes)
  // Once with little, so that what the libraries load on first use is not counted.
  await writeFile(join(dir, 'small'), 'x')
  await storage.put('small', join(dir, 'small'), { contentType: 'video/mp4' })

  collectGarbage()
  const before = process.memoryUsage.rss()
  let peak = before
  let collectedAt = 0
  const onProgress = (doneBytes: number) => {
    if (Math.abs(doneBytes - collectedAt) < 10 * MIB) return
    collectedAt = doneBytes
    collectGarbage()
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  const object = await storage.put('big', path, { contentType: 'video/mp4', onProgress })
  await storage.download(object, join(dir, 'back'), { onProgress })
  let seenBytes = 0
  for await (const chunk of await storage.openStream(object, { onProgress })) seenBytes += chunk.length
  expect(seenBytes).toBe(sizeBytes)
  expect((peak - before) / MIB).toBeLessThan(100)
}, 180_000)
