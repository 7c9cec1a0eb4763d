import { randomBytes } from 'node:crypto'
import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { beforeAll, expect, test } from 'vitest'
import { testBucket, testDir } from '../../playground/testing/services.ts'
import { createStorage } from './create-storage.ts'
import { newObjectKey } from './object-key.ts'
import { createS3Client, type StorageSettings } from './s3-client.ts'
import type { Storage } from './storage.ts'
import { ObjectMissing } from './storage-error.ts'

/** What the server under test can do at all: s3rver neither checks signatures nor lists or frees parts. */
const SERVER = process.env.S3_TEST_ENDPOINT
  ? { checksSignatures: true, freesParts: true }
  : { checksSignatures: false, freesParts: false }

let settings: StorageSettings
let storage: Storage
let dir: string
beforeAll(async () => {
  ;[settings, dir] = await Promise.all([testBucket(), testDir()])
  storage = createStorage(settings)
})

const MIB = 1 << 20
const video = { contentType: 'video/mp4' }

async function openUploads() {
  const client = createS3Client(settings)
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: settings.S3_BUCKET }))
  client.destroy()
  return Uploads.map(({ Key }) => Key)
}

/** What a killed process leaves: an upload with a part, and no end. */
async function unfinishedUpload(key: string) {
  const client = createS3Client(settings)
  const address = { Bucket: settings.S3_BUCKET, Key: key }
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(address))
  const Body = randomBytes(5 * MIB)
  await client.send(new UploadPartCommand({ ...address, UploadId, PartNumber: 1, Body }))
  client.destroy()
}

async function bigFile(name: string) {
  const path = join(dir, name)
  await writeFile(path, '')
  await truncate(path, 100 * MIB)
  return path
}

async function abortedPut(key: string, path: string) {
  const controller = new AbortController()
  let doneBytes = 0
  const put = storage.put(key, path, {
    ...video,
    signal: controller.signal,
    onProgress: (bytes) => {
      doneBytes = bytes
      controller.abort(new Error('nobody waits any more'))
    },
  })
  await expect(put).rejects.toThrow('nobody waits any more')
  // What was on its way still arrives, the rest is not sent.
  expect(doneBytes).toBeLessThan(50 * MIB)
}

test('an upload that is aborted midway leaves nothing to read', async () => {
  const key = newObjectKey('mp4')
  await abortedPut(key, await bigFile('aborted'))
  await expect(storage.head(key)).rejects.toBeInstanceOf(ObjectMissing)
})

test('an upload that was aborted before it began sends nothing', async () => {
  const key = newObjectKey('mp4')
  const signal = AbortSignal.abort(new Error('too late'))
  await expect(storage.put(key, await bigFile('late'), { ...video, signal })).rejects.toThrow('too late')
  await expect(storage.head(key)).rejects.toBeInstanceOf(ObjectMissing)
})

test('an aborted download and an aborted stream end with the reason', async () => {
  const key = newObjectKey('mp4')
  const object = await storage.put(key, await bigFile('whole'), video)
  const controller = new AbortController()
  const options = {
    signal: controller.signal,
    onProgress: () => controller.abort(new Error('nobody waits any more')),
  }
  const target = join(dir, 'aborted-download')
  await expect(storage.download(object, target, options)).rejects.toThrow('nobody waits any more')

  const second = new AbortController()
  const stream = await storage.openStream(object, { signal: second.signal })
  const reading = (async () => {
    for await (const _ of stream) second.abort(new Error('the chat is gone'))
  })()
  await expect(reading).rejects.toThrow('the chat is gone')
})

test('a killed upload is not readable, and sweeping never fails', async () => {
  const key = newObjectKey('mp4')
  await unfinishedUpload(key)
  await expect(storage.head(key)).rejects.toBeInstanceOf(ObjectMissing)
  expect(await storage.abortStaleUploads(0)).toBe(SERVER.freesParts ? 1 : 0)
})

test.runIf(SERVER.freesParts)('an aborted upload frees its parts before it reports', async () => {
  await abortedPut(newObjectKey('mp4'), await bigFile('freed'))
  expect(await openUploads()).toEqual([])
})

test.runIf(SERVER.freesParts)('only uploads that are old enough are swept', async () => {
  const key = newObjectKey('mp4')
  await unfinishedUpload(key)
  expect(await storage.abortStaleUploads(60 * 60_000)).toBe(0)
  expect(await openUploads()).toEqual([key])
  expect(await storage.abortStaleUploads(0)).toBe(1)
  expect(await openUploads()).toEqual([])
})

test.runIf(SERVER.checksSignatures)('nobody reads without a signature', async () => {
  const path = join(dir, 'private')
  await writeFile(path, 'private')
  const { key } = await storage.put(newObjectKey('mp4'), path, video)
  for (const method of ['GET', 'HEAD']) {
    const answer = await fetch(`${settings.S3_ENDPOINT}/${settings.S3_BUCKET}/${key}`, { method })
    expect(answer.status).toBe(403)
    await answer.text()
  }
})

test.runIf(SERVER.checksSignatures)('a wrong secret is denied, whatever is asked', async () => {
  const stranger = createStorage({ ...settings, S3_SECRET_ACCESS_KEY: 'wrong-secret' })
  const path = join(dir, 'denied')
  await writeFile(path, 'denied')
  const object = { key: 'cache/x', sizeBytes: 6, sha256: 'a'.repeat(64) }
  const denied = { kind: 'denied', message: expect.not.stringContaining('wrong-secret') }
  await expect(stranger.put('cache/x', path, video)).rejects.toMatchObject(denied)
  await expect(stranger.head('cache/x')).rejects.toMatchObject(denied)
  await expect(stranger.openStream(object)).rejects.toMatchObject(denied)
  await expect(stranger.remove(['cache/x'])).rejects.toMatchObject(denied)
  await expect(stranger.ensureBucket()).rejects.toMatchObject(denied)
})
