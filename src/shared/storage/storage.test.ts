import { randomBytes } from 'node:crypto'
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { DeleteBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { beforeAll, expect, test } from 'vitest'
import { testBucket, testDir } from '../../playground/testing/services.ts'
import { createStorage } from './create-storage.ts'
import { newObjectKey } from './object-key.ts'
import { createS3Client, type StorageSettings } from './s3-client.ts'
import type { ListedObject, Storage } from './storage.ts'
import { ObjectDamaged, ObjectMissing } from './storage-error.ts'

/** The contract, on whatever server the tests are given; `npm run test:s3` gives Ceph. */

let settings: StorageSettings
let storage: Storage
let dir: string
beforeAll(async () => {
  ;[settings, dir] = await Promise.all([testBucket(), testDir()])
  storage = createStorage(settings)
})

const MIB = 1 << 20
const video = { contentType: 'video/mp4' }

async function stored(sizeBytes: number) {
  const bytes = randomBytes(sizeBytes)
  const key = newObjectKey('mp4')
  const path = join(dir, key.replace('/', '-'))
  await writeFile(path, bytes)
  return { bytes, path, object: await storage.put(key, path, video) }
}

/** Puts other bytes under a key, as somebody would who has the bucket's keys but not this code. */
async function overwrite(key: string, bytes: Uint8Array, metadata: Record<string, string> = {}) {
  const client = createS3Client(settings)
  await client.send(
    new PutObjectCommand({ Bucket: settings.S3_BUCKET, Key: key, Body: bytes, Metadata: metadata }),
  )
  client.destroy()
}

async function listed(prefix: string): Promise<ListedObject[]> {
  const objects: ListedObject[] = []
  for await (const object of storage.list(prefix)) objects.push(object)
  return objects
}

test.each([
  ['one byte', 1],
  ['exactly one part', 8 * MIB],
  ['many parts', 21 * MIB + 7],
])('a file of %s comes back as it went', async (_name, sizeBytes) => {
  const { bytes, object } = await stored(sizeBytes)
  expect(object).toEqual({
    key: object.key,
    sizeBytes,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  expect(await storage.head(object.key)).toEqual(object)

  const target = join(dir, `back-${sizeBytes}`)
  await storage.download(object, target)
  expect(bytes.equals(await readFile(target))).toBe(true)
  expect(bytes.equals(await buffer(await storage.openStream(object)))).toBe(true)
})

test('progress ends with the size', async () => {
  const { object, path } = await stored(17 * MIB)
  const up: number[] = []
  await storage.put(object.key, path, { ...video, onProgress: (n) => up.push(n) })
  expect(up.at(-1)).toBe(17 * MIB)
  expect(up).toEqual(up.toSorted((a, b) => a - b))
  const down: number[] = []
  await storage.download(object, join(dir, 'progress'), { onProgress: (n) => down.push(n) })
  expect(down.at(-1)).toBe(17 * MIB)
})

test.each([
  ['other bytes of the same size', (bytes: Buffer) => bytes.map((byte) => byte ^ 1)],
  ['fewer bytes', (bytes: Buffer) => bytes.subarray(1)],
  ['more bytes', (bytes: Buffer) => Buffer.concat([bytes, bytes])],
  ['no bytes', () => Buffer.alloc(0)],
])('an object with %s is damaged and never handed out', async (_name, change) => {
  const { bytes, object } = await stored(MIB)
  await overwrite(object.key, change(bytes), { sha256: object.sha256 })
  const target = join(dir, `damaged-${object.key.replace('/', '-')}`)
  await expect(storage.download(object, target)).rejects.toBeInstanceOf(ObjectDamaged)
  expect((await readdir(dir)).filter((name) => name.startsWith('damaged'))).toEqual([])
  const reading = storage.openStream(object).then((stream) => buffer(stream))
  await expect(reading).rejects.toMatchObject({ name: 'ObjectDamaged', kind: 'damaged' })
})

test('a failed download leaves the file that was there', async () => {
  const { bytes, object } = await stored(1000)
  const target = join(dir, 'was-there')
  await writeFile(target, 'before')
  await overwrite(object.key, bytes.subarray(1))
  await expect(storage.download(object, target)).rejects.toBeInstanceOf(ObjectDamaged)
  expect(await readFile(target, 'utf8')).toBe('before')
})

test('what is not there is missing, for every reader', async () => {
  const nothing = { key: newObjectKey('mp4'), sizeBytes: 1, sha256: 'a'.repeat(64) }
  await expect(storage.head(nothing.key)).rejects.toBeInstanceOf(ObjectMissing)
  await expect(storage.download(nothing, join(dir, 'nothing'))).rejects.toBeInstanceOf(ObjectMissing)
  await expect(storage.openStream(nothing)).rejects.toBeInstanceOf(ObjectMissing)
  await expect(storage.copy(nothing.key, newObjectKey('mp4'))).rejects.toBeInstanceOf(ObjectMissing)
})

test('a copy is another object with the same checksum', async () => {
  const { object } = await stored(9 * MIB)
  const copy = await storage.copy(object.key, newObjectKey('mp4'))
  expect(copy).toEqual({ ...object, key: copy.key })
  await storage.remove([object.key])
  await storage.download(copy, join(dir, 'copy'))
})

test('an object without a checksum is not copied', async () => {
  const { bytes, object } = await stored(10)
  await overwrite(object.key, bytes)
  const to = newObjectKey('mp4')
  await expect(storage.copy(object.key, to)).rejects.toBeInstanceOf(ObjectDamaged)
  await expect(storage.head(to)).rejects.toBeInstanceOf(ObjectMissing)
})

test('remove takes what is there and minds nothing else', async () => {
  const { object } = await stored(10)
  await storage.remove([object.key, newObjectKey('mp4')])
  await storage.remove([])
  await expect(storage.head(object.key)).rejects.toBeInstanceOf(ObjectMissing)
})

test('more objects than one page holds are all listed, and removed', async () => {
  const keys = Array.from({ length: 1003 }, (_, i) => `many/${String(i).padStart(4, '0')}`)
  const waiting = keys.values()
  const writer = async () => {
    for (const key of waiting) await overwrite(key, Buffer.from('x'))
  }
  await Promise.all(Array.from({ length: 10 }, writer))
  await overwrite('many-others', Buffer.from('x'))

  const found = await listed('many/')
  expect(found.map(({ key }) => key).toSorted()).toEqual(keys)
  expect(found[0]).toMatchObject({ sizeBytes: 1 })
  // Servers note whole seconds, and the clock may be another machine's.
  expect(Math.abs((found[0]?.modifiedAtMs ?? 0) - Date.now())).toBeLessThan(10 * 60_000)

  await storage.remove(keys)
  expect(await listed('many/')).toEqual([])
  expect(await listed('many')).toHaveLength(1)
}, 180_000)

test('the bucket is made once, by whoever comes first', async () => {
  const fresh = createStorage({ ...settings, S3_BUCKET: `${settings.S3_BUCKET}-new` })
  await expect(fresh.put('a', join(dir, 'nothing-here'), video)).rejects.toMatchObject({ code: 'ENOENT' })
  await Promise.all([fresh.ensureBucket(), fresh.ensureBucket()])
  await fresh.ensureBucket()
  await writeFile(join(dir, 'first'), 'first')
  const object = await fresh.put('a', join(dir, 'first'), video)
  await fresh.download(object, join(dir, 'first-back'))
  await fresh.remove(['a'])
  await removeBucket(`${settings.S3_BUCKET}-new`)
})

async function removeBucket(name: string) {
  const client = createS3Client(settings)
  await client.send(new DeleteBucketCommand({ Bucket: name }))
  client.destroy()
}

test('a file that changes while it is sent is not stored', async () => {
  const { path } = await stored(MIB)
  await truncate(path, 60 * MIB)
  const key = newObjectKey('mp4')
  // A first part has gone, so the checksum was taken; the rest is not what it was.
  let shorter: Promise<void> | undefined
  const onProgress = () => {
    shorter ??= truncate(path, 12 * MIB)
  }
  await expect(storage.put(key, path, { ...video, onProgress })).rejects.toBeInstanceOf(ObjectDamaged)
  await shorter
  await expect(storage.head(key)).rejects.toBeInstanceOf(ObjectMissing)
})
