import { cp, open, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test, vi } from 'vitest'
import { STAGE_NAMES } from '../../../queues/pipeline.ts'
import { createStorage } from '../../shared/storage/create-storage.ts'
import { makeMedia, SAMPLE_MEDIA_DIR } from '../media-site/make-media.ts'
import { startStack } from '../stack.ts'
import { descendantsOf } from '../testing/process-tree.ts'
import { testBucket, testDatabase, testDir, testRedis } from '../testing/services.ts'
import { PATIENCE_MS } from './running-stack.ts'
import { addPerson } from './talk.ts'

const FILE_BYTES = 500_000_000
const MAY_GROW_BYTES = 100_000_000
/** Progress, logs, thumbnails, what goes to Redis. */
const SMALL_TALK_BYTES = FILE_BYTES / 20

/** The samples, and with them a video that nothing needs to be done with, padded with a hole of 500 MB. */
async function mediaWithLargeFile(): Promise<string> {
  const dir = await testDir()
  const samples = await makeMedia(SAMPLE_MEDIA_DIR, () => undefined)
  const folder = join(dir, basename(samples))
  await cp(samples, folder, { recursive: true })
  const path = join(folder, 'large.mp4')
  const video = await readFile(join(samples, 'ready.mp4'))
  const free = Buffer.alloc(8)
  free.writeUInt32BE(FILE_BYTES - video.length)
  free.write('free', 4, 'latin1')
  await writeFile(path, Buffer.concat([video, free]))
  await truncate(path, FILE_BYTES)
  return dir
}

const [redis, { url: DATABASE_URL }, bucket, dir, mediaDir] = await Promise.all([
  testRedis(),
  testDatabase(),
  testBucket(),
  testDir(),
  mediaWithLargeFile(),
])
const services = { REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, DATABASE_URL, ...bucket }
const stack = await startStack({
  ...{ dir, mediaDir, services, workers: 'each', env: {} },
  readyTimeoutMs: PATIENCE_MS,
})
afterAll(stack.stop, PATIENCE_MS)

/** The processes of the product by what they run: "workers/main.ts fetch". */
async function product(): Promise<Map<string, number>> {
  const found = (await descendantsOf(process.pid)).flatMap(({ pid, command }) => {
    const name = /^\S*node .*?((?:src\/\w+|workers)\/main\.ts.*)/.exec(command)?.[1]
    return name ? [[name, pid] as const] : []
  })
  return new Map(found)
}

async function numberIn(path: string, pattern: RegExp): Promise<number> {
  // A child may end while we look.
  return Number(pattern.exec(await readFile(path, 'utf8').catch(() => ''))?.[1] ?? 0)
}

/** To files and sockets, with the tools that it waited for. What the resident extractor writes is not in it. */
const writtenBytes = (pid: number) => numberIn(`/proc/${pid}/io`, /^wchar: (\d+)/m)

/** The inodes of the files of this size, or any, below a folder: what keeps its inode was not copied. */
async function inodesBelow(folder: string, sizeBytes?: number): Promise<number[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const stats = await Promise.all(
    // Renamed while we look.
    entries.map((entry) => stat(join(entry.parentPath, entry.name)).catch(() => null)),
  )
  return stats.flatMap((one) => (one?.isFile() && one.size === (sizeBytes ?? one.size) ? [one.ino] : []))
}

/** All inodes that were in a folder while something went on. */
async function inodesDuring(folder: string, work: Promise<unknown>): Promise<Set<number>> {
  const seen = new Set<number>()
  let isOver = false
  const over = work.finally(() => {
    isOver = true
  })
  while (!isOver) {
    for (const inode of await inodesBelow(folder)) seen.add(inode)
    await sleep(10)
  }
  await over
  return seen
}

const peakBytes = async (pid: number) => 1024 * (await numberIn(`/proc/${pid}/status`, /^VmHWM:\s+(\d+)/m))

/** From now on the peak is what comes. */
async function forgetPeak(pid: number): Promise<void> {
  const file = await open(`/proc/${pid}/clear_refs`, 'w')
  await file.write('5').finally(() => file.close())
}

async function deliver(path: string) {
  const { world, mediaSite } = stack
  if (!world || !mediaSite) throw new Error('the stack has no stand-ins')
  const asking = addPerson(world).ask(mediaSite.origin + path)
  await asking.press(/Video/)
  return await asking.untilMedia()
}

const isStored = async (sizeBytes: number) => {
  for await (const object of createStorage(bucket).list('cache/'))
    if (object.sizeBytes === sizeBytes) return true
  return false
}

test(
  'a file of 500 MB streams: no process grows with it, and it is written once, by fetch',
  async () => {
    // What is loaded with the first job is not the file's.
    const small = await deliver('/media/ready.mp4')
    await vi.waitFor(async () => expect(await isStored(small.video?.file_size ?? 0)).toBe(true), PATIENCE_MS)
    const processes = [...(await product())]
    expect(processes).toHaveLength(STAGE_NAMES.length + 2)
    const before = new Map<string, { peak: number; written: number }>()
    for (const [name, pid] of processes) {
      await forgetPeak(pid)
      before.set(name, { peak: await peakBytes(pid), written: await writtenBytes(pid) })
    }

    const delivery = deliver('/media/large.mp4')
    const fetched = await inodesDuring(join(dir, 'artifacts/work'), delivery)
    expect((await delivery).video?.file_size).toBe(FILE_BYTES)
    await vi.waitFor(async () => expect(await isStored(FILE_BYTES)).toBe(true), PATIENCE_MS)

    // What Telegram was given (the stand-in links it) is what the extractor wrote.
    const [given = 0, ...more] = await inodesBelow(join(dir, 'bot-api'), FILE_BYTES)
    expect([fetched.has(given), more]).toEqual([true, []])
    for (const [name, pid] of processes) {
      const was = before.get(name) ?? { peak: 0, written: 0 }
      expect((await peakBytes(pid)) - was.peak, `${name} has grown`).toBeLessThan(MAY_GROW_BYTES)
      const written = (await writtenBytes(pid)) - was.written
      // Only S3 gets the bytes once more, and what extracts may be a child that we wait for.
      const times = /fetch|upload/.test(name) ? 1 : 0
      expect(written, `${name} writes`).toBeLessThan(times * FILE_BYTES + SMALL_TALK_BYTES)
    }
  },
  PATIENCE_MS,
)
