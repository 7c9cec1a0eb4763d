import { randomBytes } from 'node:crypto'
import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { upload } from '../../queues/stages/upload.ts'
import { testBucket, testDir } from '../../src/playground/testing/services.ts'
import type { Artifacts } from '../../src/shared/artifacts/artifacts.ts'
import { createArtifacts } from '../../src/shared/artifacts/create-artifacts.ts'
import { createStorage } from '../../src/shared/storage/create-storage.ts'
import type { StorageSettings } from '../../src/shared/storage/s3-client.ts'
import type { Progress, StageJob } from '../context.ts'
import { testContext } from '../test-context.ts'
import { createHandler } from './handler.ts'

const MIB = 1 << 20
const SIZE_BYTES = 12 * MIB

let settings: StorageSettings
beforeAll(async () => {
  settings = await testBucket()
})

const data: StageJob<'upload'>['data'] = {
  ticket: 'ABCDEF',
  mediaId: 'demo.1',
  mediaKey: 'demo.1.v720.full.public',
  format: 'v720',
  linkHash: 'f'.repeat(32),
  generation: 7,
}

const jobFor = (artifact: string, thumbnail: string | null, sizeBytes = SIZE_BYTES): StageJob<'upload'> => ({
  data,
  input: {
    artifact,
    thumbnail,
    file: {
      kind: 'video',
      extension: 'mp4',
      mimeType: 'video/mp4',
      sizeBytes,
      width: 1280,
      height: 720,
      durationS: 3,
      title: 'A title',
      performer: null,
      treatment: 'as_is',
    },
  },
})

function contextFor(
  controller = new AbortController(),
  onProgress: (progress: Progress) => void = () => undefined,
) {
  const seen: Progress[] = []
  const context = testContext({
    signal: controller.signal,
    progress: (progress: Progress) => {
      seen.push(progress)
      onProgress(progress)
    },
  })
  return { context, seen }
}

/** The record of the generation that `data` names, as `publish` leaves it. */
function record({ generation = '7', delivered = false } = {}) {
  const shared: Record<string, string> = { state: 'cached', generation }
  return {
    shared: async () => shared,
    stored: vi.fn(async () => {
      shared.stored = '1'
      return delivered ? ('last' as const) : ('noted' as const)
    }),
  }
}

describe.each(['shared', 's3'] as const)('upload, artifacts %s', (mode) => {
  async function setUp() {
    const dir = await testDir()
    const storage = createStorage(settings)
    const artifacts = createArtifacts(
      mode === 'shared'
        ? { mode, dir }
        : { mode, dir, storage, prefix: `staging-${randomBytes(4).toString('hex')}/` },
    )
    const keep = async (name: string, bytes: Uint8Array) => {
      const path = join(await artifacts.workDir('ABCDEF-7', 'transcode-1'), name)
      await writeFile(path, bytes)
      return await artifacts.keep('ABCDEF-7', name, path)
    }
    const bytes = randomBytes(SIZE_BYTES)
    const media = await keep('media.mp4', bytes)
    const thumbnail = await keep('thumb.jpg', randomBytes(500))
    return { dir, storage, artifacts, media, thumbnail, bytes }
  }

  async function cachedKeys() {
    const keys: string[] = []
    for await (const { key } of createStorage(settings).list('cache/')) keys.push(key)
    return keys
  }

  test('the media and its thumbnail are in the cache, whole, under keys that tell nothing', async () => {
    const { dir, storage, artifacts, media, thumbnail } = await setUp()
    const { context, seen } = contextFor()
    const result = await createHandler({ joins: record(), artifacts, storage })(
      jobFor(media, thumbnail),
      context,
    )
    expect(upload.result.parse(result)).toEqual(result)
    expect(result.media).toMatchObject({ sizeBytes: SIZE_BYTES })
    expect(result.media?.key).toMatch(/^cache\/[0-9a-f]{32}\.mp4$/)
    expect(result.thumbnail).toMatchObject({ sizeBytes: 500, key: expect.stringMatching(/\.jpg$/) })
    if (result.media) await storage.download(result.media, join(dir, 'media'))
    expect(seen.at(0)).toEqual({ percent: 0, doneBytes: 0, totalBytes: SIZE_BYTES })
    expect(seen.at(-1)).toEqual({ percent: 100, doneBytes: SIZE_BYTES, totalBytes: SIZE_BYTES })
  })

  test('a run that is repeated after its end stores nothing more', async () => {
    const { storage, artifacts, media } = await setUp()
    const joins = record()
    const handler = createHandler({ joins, artifacts, storage })
    const first = await handler(jobFor(media, null), contextFor().context)
    expect(joins.stored).toHaveBeenCalledWith(data.mediaKey, 7, first)
    const before = await cachedKeys()
    expect(await handler(jobFor(media, null), contextFor().context)).toEqual({ media: null, thumbnail: null })
    expect(await cachedKeys()).toEqual(before)
  })

  test('nothing is stored for a generation that nobody knows, and nothing is left of one that ends meanwhile', async () => {
    const { storage, artifacts, media, thumbnail } = await setUp()
    const before = await cachedKeys()
    const run = (joins: ReturnType<typeof record>) =>
      createHandler({ joins, artifacts, storage })(jobFor(media, thumbnail), contextFor().context)
    expect(await run(record({ generation: '8' }))).toEqual({ media: null, thumbnail: null })
    const ends = { ...record(), stored: vi.fn(async () => 'unknown' as const) }
    const { context } = contextFor()
    const handler = createHandler({ joins: ends, artifacts, storage })
    expect(await handler(jobFor(media, thumbnail), context)).toEqual({ media: null, thumbnail: null })
    expect(ends.stored).toHaveBeenCalled()
    expect(await cachedKeys()).toEqual(before)
  })

  test.each([
    ['have their file: the artifact goes', true],
    ['wait for their file: the artifact stays', false],
  ])('when the file is in the cache and people %s', async (_, delivered) => {
    const { storage, artifacts, media } = await setUp()
    const joins = record({ delivered })
    await createHandler({ joins, artifacts, storage })(jobFor(media, null), contextFor().context)
    const opened = artifacts.open(media).then(
      () => true,
      () => false,
    )
    expect(await opened).toBe(!delivered)
  })

  test('an artifact that is gone needs the stages before, not another attempt', async () => {
    const { storage, artifacts, media, thumbnail } = await setUp()
    await artifacts.remove('ABCDEF-7')
    const run = createHandler({ joins: record(), artifacts, storage })(
      jobFor(media, thumbnail),
      contextFor().context,
    )
    await expect(run).rejects.toMatchObject({ name: 'StageError', code: 'input_missing' })
  })

  test('a file that is not the one that was made is not cached', async () => {
    const { storage, artifacts, media, thumbnail } = await setUp()
    const before = await cachedKeys()
    const job = jobFor(media, thumbnail, SIZE_BYTES + 1)
    const run = createHandler({ joins: record(), artifacts, storage })(job, contextFor().context)
    await expect(run).rejects.toMatchObject({ code: 'input_missing' })
    expect(await cachedKeys()).toEqual(before)
  })

  test('a storage that fails midway is worth another attempt, and nothing is left', async () => {
    const { storage, artifacts, media, thumbnail } = await setUp()
    const before = await cachedKeys()
    // The thumbnail goes through, then the bucket is somebody else's.
    const broken = createStorage({ ...settings, S3_ENDPOINT: 'http://127.0.0.1:1' }, { attempts: 1 })
    let calls = 0
    const later = () => (calls++ === 0 ? storage : broken)
    const flaky = {
      put: (...args: Parameters<typeof storage.put>) => later().put(...args),
      copy: (...args: Parameters<typeof storage.copy>) => later().copy(...args),
      remove: storage.remove,
    }
    const run = createHandler({ joins: record(), artifacts, storage: flaky })(
      jobFor(media, thumbnail),
      contextFor().context,
    )
    await expect(run).rejects.toMatchObject({ code: 'storage', message: 'storage: unavailable' })
    expect(calls).toBe(2)
    expect(await cachedKeys()).toEqual(before)
  })

  test('a cancelled upload ends with the reason and leaves nothing', async () => {
    const { storage, artifacts, media, thumbnail } = await setUp()
    const before = await cachedKeys()
    const controller = new AbortController()
    // The reason of a stopped stage is a word, not an error.
    const { context } = contextFor(controller, () => controller.abort('cancelled'))
    const run = createHandler({ joins: record(), artifacts, storage })(jobFor(media, thumbnail), context)
    await expect(run).rejects.toBe('cancelled')
    expect(await cachedKeys()).toEqual(before)
  })

  if (mode === 's3')
    test('no byte passes through this host', async () => {
      const { storage, artifacts, media, thumbnail } = await setUp()
      const copies: Pick<Artifacts, 'open' | 'objectKey' | 'remove'> = {
        remove: artifacts.remove,
        objectKey: artifacts.objectKey,
        open: () => Promise.reject(new Error('opened')),
      }
      const noPut = { ...storage, put: () => Promise.reject(new Error('put')) }
      const handler = createHandler({ joins: record(), artifacts: copies, storage: noPut })
      const { media: object } = await handler(jobFor(media, thumbnail), contextFor().context)
      expect(object?.sizeBytes).toBe(SIZE_BYTES)
    })

  if (mode === 'shared')
    test('a file that was cut off on disk is not cached', async () => {
      const { storage, artifacts, media } = await setUp()
      const before = await cachedKeys()
      await truncate(await artifacts.open(media), SIZE_BYTES - 1)
      const run = createHandler({ joins: record(), artifacts, storage })(
        jobFor(media, null),
        contextFor().context,
      )
      await expect(run).rejects.toMatchObject({ code: 'input_missing' })
      expect(await cachedKeys()).toEqual(before)
    })
})
