import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { testBucket, testDir } from '../../playground/testing/services.ts'
import { createStorage } from '../storage/create-storage.ts'
import type { Storage } from '../storage/storage.ts'
import { ArtifactMissing } from './artifacts.ts'
import { createArtifacts } from './create-artifacts.ts'

let storage: Storage
beforeAll(async () => {
  storage = createStorage(await testBucket())
})

const HOUR_MS = 60 * 60_000

describe.each(['shared', 's3'] as const)('artifacts, %s', (mode) => {
  /** In s3 mode each test has a prefix of its own, as it has a folder. */
  async function setUp(now?: () => number) {
    const dir = await testDir()
    const prefix = `staging-${dir.split('/').at(-1)}/`
    const clock = now ? { now } : {}
    const on = (folder: string) =>
      createArtifacts(
        mode === 'shared'
          ? { mode, dir: folder, ...clock }
          : { mode, dir: folder, storage, prefix, ...clock },
      )
    return { dir, prefix, artifacts: on(dir), on }
  }

  async function made(artifacts: ReturnType<typeof createArtifacts>, content: string, production = 'p_1-a') {
    const work = await artifacts.workDir(production, 'fetch-1')
    const path = join(work, `made-${content}`)
    await writeFile(path, content)
    return path
  }

  test('a kept file is opened with its content, and gone from where it was made', async () => {
    const { artifacts } = await setUp()
    const path = await made(artifacts, 'one')
    const ref = await artifacts.keep('p_1-a', 'media.mp4', path)
    expect(ref).toBe('p_1-a/media.mp4')
    expect(await readFile(await artifacts.open(ref), 'utf8')).toBe('one')
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('folders are private, and the same for the same run', async () => {
    const { artifacts } = await setUp()
    const work = await artifacts.workDir('p', 'r1')
    expect((await stat(work)).mode & 0o777).toBe(0o700)
    expect(await artifacts.workDir('p', 'r1')).toBe(work)
    expect(await artifacts.workDir('p', 'r2')).not.toBe(work)
  })

  test('a name that is kept again has the new content, for who opens it from now on', async () => {
    const { artifacts } = await setUp()
    const ref = await artifacts.keep('p', 'media.mp4', await made(artifacts, 'first'))
    await artifacts.open(ref)
    await artifacts.keep('p', 'media.mp4', await made(artifacts, 'second'))
    expect(await readFile(await artifacts.open(ref), 'utf8')).toBe('second')
  })

  test('what was never kept is missing', async () => {
    const { artifacts } = await setUp()
    await expect(artifacts.open('p/media.mp4')).rejects.toBeInstanceOf(ArtifactMissing)
    // A file in work is no artifact, whatever it is called.
    await made(artifacts, 'x')
    await expect(artifacts.open('fetch-1/made-x')).rejects.toBeInstanceOf(ArtifactMissing)
  })

  test.each(['..', '.', '', 'a/b', '../x', '.hidden', 'a b', 'ä', 'a\0b', 'a\n', 'x'.repeat(300)])(
    '%j names nothing',
    async (name) => {
      const { artifacts } = await setUp()
      const path = await made(artifacts, 'x')
      await expect(artifacts.keep('p', name, path)).rejects.toBeInstanceOf(RangeError)
      await expect(artifacts.keep(name, 'media.mp4', path)).rejects.toBeInstanceOf(RangeError)
      await expect(artifacts.workDir(name, 'r')).rejects.toBeInstanceOf(RangeError)
      await expect(artifacts.workDir('p', name)).rejects.toBeInstanceOf(RangeError)
      await expect(artifacts.open(`p/${name}`)).rejects.toBeInstanceOf(RangeError)
      await expect(artifacts.open(`${name}/media.mp4`)).rejects.toBeInstanceOf(RangeError)
      await expect(artifacts.remove(name)).rejects.toBeInstanceOf(RangeError)
      expect(() => artifacts.objectKey(`p/${name}`)).toThrow(RangeError)
    },
  )

  test('links and folders are not kept', async () => {
    const { artifacts, dir } = await setUp()
    await writeFile(join(dir, 'outside'), 'secret')
    const work = await artifacts.workDir('p', 'r')
    await symlink(join(dir, 'outside'), join(work, 'link'))
    await mkdir(join(work, 'folder'))
    for (const name of ['link', 'folder'])
      await expect(artifacts.keep('p', 'media.mp4', join(work, name))).rejects.toBeInstanceOf(TypeError)
    await expect(artifacts.open('p/media.mp4')).rejects.toBeInstanceOf(ArtifactMissing)
  })

  test('remove takes all of one production and nothing of another', async () => {
    const { artifacts } = await setUp()
    const ref = await artifacts.keep('p', 'media.mp4', await made(artifacts, 'x', 'p'))
    const thumbnail = await artifacts.keep('p', 'thumb.jpg', await made(artifacts, 'y', 'p'))
    const other = await artifacts.keep('p2', 'media.mp4', await made(artifacts, 'z', 'p2'))
    const work = await artifacts.workDir('p', 'fetch-1')
    await artifacts.remove('p')
    await artifacts.remove('p')
    await expect(artifacts.open(ref)).rejects.toBeInstanceOf(ArtifactMissing)
    await expect(artifacts.open(thumbnail)).rejects.toBeInstanceOf(ArtifactMissing)
    await expect(stat(work)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await readFile(await artifacts.open(other), 'utf8')).toBe('z')
  })

  test('a link in the tree is removed, not what it points to', async () => {
    const { artifacts } = await setUp()
    const elsewhere = await testDir()
    await writeFile(join(elsewhere, 'precious'), 'x')
    const work = await artifacts.workDir('p', 'r')
    await symlink(elsewhere, join(work, 'link'))
    await artifacts.remove('p')
    expect(await readdir(elsewhere)).toEqual(['precious'])
  })

  test('sweep takes productions that nobody touched, kept or in work', async () => {
    let nowMs = Date.now()
    const { artifacts, dir } = await setUp(() => nowMs)
    const kept = await artifacts.keep('kept', 'media.mp4', await made(artifacts, 'x', 'kept'))
    await artifacts.workDir('working', 'r')
    expect(await artifacts.sweep(HOUR_MS)).toBe(0)
    await artifacts.open(kept)
    nowMs += 2 * HOUR_MS
    expect(await artifacts.sweep(HOUR_MS)).toBe(2)
    await expect(artifacts.open(kept)).rejects.toBeInstanceOf(ArtifactMissing)
    expect(await Promise.all(['work', 'kept'].map((tree) => readdir(join(dir, tree))))).toEqual([[], []])
    expect(await artifacts.sweep(HOUR_MS)).toBe(0)
  })

  test('being read counts as being touched', async () => {
    const { artifacts, dir } = await setUp()
    const ref = await artifacts.keep('p', 'media.mp4', await made(artifacts, 'x', 'p'))
    const touchedMs = async () => (await stat(join(dir, 'kept', 'p'))).ctimeMs
    const before = await touchedMs()
    // Until the file system's clock has ticked.
    await vi.waitFor(async () => {
      await artifacts.open(ref)
      expect(await touchedMs()).toBeGreaterThan(before)
    }, 10_000)
  })

  test('freeBytes is what the disk says', async () => {
    const { artifacts } = await setUp()
    const free = await artifacts.freeBytes()
    expect(free).toBeGreaterThan(1 << 20)
    expect(Number.isInteger(free)).toBe(true)
  })

  if (mode === 'shared') {
    test('a link in the place of an artifact is not followed', async () => {
      const { artifacts, dir } = await setUp()
      await writeFile(join(dir, 'outside'), 'secret')
      await mkdir(join(dir, 'kept', 'p'), { recursive: true })
      await symlink(join(dir, 'outside'), join(dir, 'kept', 'p', 'media.mp4'))
      await expect(artifacts.open('p/media.mp4')).rejects.toBeInstanceOf(ArtifactMissing)
    })

    test('keeping moves the file and copies nothing', async () => {
      const { artifacts } = await setUp()
      const path = await made(artifacts, 'x')
      const { ino } = await stat(path)
      const ref = await artifacts.keep('p', 'media.mp4', path)
      expect((await stat(await artifacts.open(ref))).ino).toBe(ino)
      expect(artifacts.objectKey(ref)).toBeNull()
    })
  } else {
    test('another host opens what this one kept; the key is where it is', async () => {
      const { artifacts, on, prefix } = await setUp()
      const ref = await artifacts.keep('p', 'media.mp4', await made(artifacts, 'far'))
      expect(artifacts.objectKey(ref)).toBe(`${prefix}p/media.mp4`)
      expect(await storage.head(`${prefix}p/media.mp4`)).toMatchObject({ sizeBytes: 3 })
      const elsewhere = on(await testDir())
      expect(await readFile(await elsewhere.open(ref), 'utf8')).toBe('far')
      await elsewhere.remove('p')
      await expect(artifacts.open(ref)).rejects.toBeInstanceOf(ArtifactMissing)
    })

    test('new bytes under an old name reach a host that has the old ones', async () => {
      const { artifacts, on } = await setUp()
      const elsewhere = on(await testDir())
      const ref = await artifacts.keep('p', 'media.mp4', await made(artifacts, 'old'))
      expect(await readFile(await elsewhere.open(ref), 'utf8')).toBe('old')
      await artifacts.keep('p', 'media.mp4', await made(artifacts, 'new'))
      expect(await readFile(await elsewhere.open(ref), 'utf8')).toBe('new')
    })

    test('many readers at once share one download, and later ones need none', async () => {
      const { artifacts, on } = await setUp()
      const ref = await artifacts.keep('p', 'media.mp4', await made(artifacts, 'far'))
      const downloads = vi.spyOn(storage, 'download')
      const elsewhere = on(await testDir())
      const paths = await Promise.all(Array.from({ length: 5 }, () => elsewhere.open(ref)))
      await elsewhere.open(ref)
      await artifacts.open(ref)
      expect(new Set(paths).size).toBe(1)
      expect(downloads).toHaveBeenCalledTimes(1)
      downloads.mockRestore()
    })

    test('a reader that gives up does not take the others along', async () => {
      const { artifacts, on } = await setUp()
      const ref = await artifacts.keep('p', 'media.mp4', await made(artifacts, 'far'))
      const elsewhere = on(await testDir())
      const controller = new AbortController()
      const first = elsewhere.open(ref, { signal: controller.signal })
      const second = elsewhere.open(ref)
      controller.abort(new Error('cancelled'))
      await expect(first).rejects.toThrow('cancelled')
      expect(await readFile(await second, 'utf8')).toBe('far')
    })
  }
})
