import { readdir, readFile } from 'node:fs/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { FactsStore } from '../../queues/facts.ts'
import { canonicalLink } from '../../queues/link.ts'
import { linkHash, mediaKey } from '../../queues/media.ts'
import { createState } from '../../queues/state.ts'
import { SAMPLE_MEDIA_DIR } from '../../src/playground/media-site/make-media.ts'
import { createMediaSite } from '../../src/playground/media-site/media-site.ts'
import { processesIn } from '../../src/playground/testing/processes-in.ts'
import { testDir, testRedis } from '../../src/playground/testing/services.ts'
import { findTools } from '../../src/playground/tools.ts'
import type { Artifacts } from '../../src/shared/artifacts/artifacts.ts'
import { createArtifacts } from '../../src/shared/artifacts/create-artifacts.ts'
import type { Progress } from '../context.ts'
import { createExtractor } from '../extractor/create-extractor.ts'
import type { Extractor } from '../extractor/extractor.ts'
import { fakeTool } from '../extractor/fake-tool.ts'
import { mediaIdOf } from '../extractor/media-id.ts'
import { Postpone } from '../postpone.ts'
import { testContext } from '../test-context.ts'
import { createHandler, type FetchLimits } from './handler.ts'

const site = createMediaSite({ dir: SAMPLE_MEDIA_DIR })
const { ytdlpPath, ffmpegPath, ffprobePath } = findTools()
const MB = 1024 ** 2
const LIMITS: FetchLimits = {
  deadlineMs: 120_000,
  noProgressMs: 60_000,
  maxFileBytes: 200 * MB,
  diskReserveBytes: 0,
}

let facts: FactsStore
let dir: string
let artifacts: Artifacts
beforeAll(async () => {
  await site.listen()
  const { redis, prefix } = await testRedis()
  facts = createState(redis, prefix).facts
}, 180_000)
afterAll(() => site.close())
beforeEach(async () => {
  dir = await testDir()
  artifacts = createArtifacts({ mode: 'shared', dir })
  site.reset()
})

interface Asked {
  limits?: Partial<FetchLimits>
  extractor?: Extractor
  signal?: AbortSignal
  onProgress?: (progress: Progress) => void
  mediaId?: string
  hasRoom?: boolean
}

const real = createExtractor({ ytdlpPath, ffmpegPath })

/** What inspect leaves behind. */
async function inspected(path: string) {
  const link = canonicalLink(new URL(path, site.origin))
  const hash = linkHash(link)
  await facts.saveLink(hash, link)
  return { link, hash, mediaId: mediaIdOf({ extractor: 'generic', id: '' }, link) }
}

/** Fetches an address of the media site as the stage does. */
async function fetch(path: string, format: string, asked: Asked = {}) {
  const { hash, mediaId } = await inspected(path)
  const {
    limits,
    extractor = real,
    signal = new AbortController().signal,
    onProgress,
    hasRoom = true,
  } = asked
  const handler = createHandler({
    facts,
    artifacts: hasRoom ? artifacts : { ...artifacts, reserve: async () => null },
    extractor,
    limits: { ...LIMITS, ...limits },
  })
  const id = asked.mediaId ?? mediaId
  const wanted = { mediaId: id, mediaKey: mediaKey(id, format), format, linkHash: hash }
  return await handler(
    { data: { ticket: 'ABC123', generation: 7, ...wanted }, input: null },
    testContext({ signal, attempt: 2, progress: onProgress ?? (() => undefined) }),
  )
}

async function streamsOf(ref: string): Promise<string[]> {
  const path = await artifacts.open(ref)
  const show = ['-v', 'error', '-show_entries', 'stream=codec_name,height', '-of', 'csv=p=0', path]
  return (await execa(ffprobePath, show)).stdout.split('\n').map((line) => line.trim().replace(/,$/, ''))
}
/** All that lies in the artifact folder, of this production and of any other. */
const filesLeft = async () =>
  (await readdir(dir, { recursive: true, withFileTypes: true })).filter((e) => e.isFile()).map((e) => e.name)
const nothingIsLeft = async () => {
  expect(await filesLeft()).toEqual([])
  expect(await processesIn(dir)).toEqual([])
}

test('HLS in the height that was asked for', async () => {
  const steps: Progress[] = []
  const result = await fetch('/watch/hls', 'v360', { onProgress: (step) => steps.push(step) })
  expect(result).toMatchObject({
    artifact: 'ABC123-7/fetched.mp4',
    title: expect.stringContaining('Harbour at dawn'),
    cover: null,
    ytdlpVersion: await real.version(),
  })
  expect(await streamsOf(result.artifact)).toEqual(expect.arrayContaining(['h264,360', 'aac']))
  expect((await readFile(await artifacts.open(result.artifact))).length).toBe(result.sizeBytes)
  expect(steps.at(-1)).toMatchObject({ percent: 100 })
  expect(steps.map(({ percent }) => percent ?? 0)).toEqual(
    steps.map(({ percent }) => percent ?? 0).sort((a, b) => a - b),
  )
  expect(await filesLeft()).toEqual(['fetched.mp4'])
})

test('DASH: picture and sound are joined', async () => {
  const { artifact } = await fetch('/watch/dash', 'v720')
  expect((await streamsOf(artifact)).map((stream) => stream.split(',')[0]).sort()).toEqual(['aac', 'h264'])
})

test('audio comes with the picture of its page', async () => {
  const result = await fetch('/watch/dash', 'a-m4a')
  expect(result.artifact).toBe('ABC123-7/fetched.m4a')
  expect(await streamsOf(result.artifact)).toEqual(['aac'])
  expect(result.cover).toBe('ABC123-7/cover.jpg')
  expect((await filesLeft()).sort()).toEqual(['cover.jpg', 'fetched.m4a'])
})

test('a fresh record spares the page', async () => {
  const { link, mediaId } = await inspected('/watch/clip-1')
  const { infoJson } = await real.inspect(link, { signal: new AbortController().signal, deadlineMs: 60_000 })
  await facts.saveInfo(mediaId, infoJson)
  site.reset()
  await fetch('/watch/clip-1', 'vbest')
  expect(site.hits.get('/watch/clip-1')).toBe(undefined)
  expect(site.hits.get('/files/clip-1.mp4')).toBeGreaterThan(0)
  expect(await facts.info(mediaId)).toBe(infoJson)
})

test('a stale record is forgotten, and the page asked again in the same attempt', async () => {
  const { link, mediaId } = await inspected('/watch/clip-2')
  const { infoJson } = await real.inspect(link, { signal: new AbortController().signal, deadlineMs: 60_000 })
  // The address has expired, and the page that the record names is not the one that a person asked for.
  await facts.saveInfo(
    mediaId,
    infoJson.replaceAll('/files/clip-2.mp4', '/watch/removed').replaceAll('/watch/clip-2', '/watch/clip-9'),
  )
  site.reset()
  const { artifact } = await fetch('/watch/clip-2', 'vbest')
  expect(await streamsOf(artifact)).toContain('aac')
  expect(site.hits.get('/watch/removed')).toBeGreaterThan(0)
  expect(site.hits.get('/watch/clip-9')).toBe(undefined)
  expect(site.hits.get('/watch/clip-2')).toBeGreaterThan(0)
  expect(await facts.info(mediaId)).toBe(null)
})

test('a link that leads to another media now fills nobody’s cache', async () => {
  const elsewhere = fetch('/watch/clip-3', 'vbest', { mediaId: 'youtube.dQw4w9WgXcQ' })
  await expect(elsewhere).rejects.toMatchObject({ code: 'format_gone' })
  await nothingIsLeft()
})

test.each([
  ['/watch/gone', 'gone'],
  ['/watch/ratelimited', 'rate_limited'],
  ['/watch/garbled', 'not_media'],
  ['/watch/live', 'live'],
])('%s is %s, and leaves nothing', async (path, code) => {
  await expect(fetch(path, 'vbest')).rejects.toMatchObject({ code })
  await nothingIsLeft()
})

test('a body without an end is cut at the limit', async () => {
  const endless = fetch('/watch/endless?bytesPerSecond=50000000', 'vbest', {
    limits: { maxFileBytes: 5 * MB },
  })
  await expect(endless).rejects.toMatchObject({ code: 'too_large' })
  await nothingIsLeft()
})

test('a body that says how large it is is not even begun', async () => {
  const huge = fetch('/watch/huge', 'vbest', { limits: { maxFileBytes: 1000 * MB } })
  await expect(huge).rejects.toMatchObject({ code: 'too_large' })
  await nothingIsLeft()
})

test('two bytes a second are no progress', async () => {
  const drip = fetch('/watch/drip', 'vbest', { limits: { noProgressMs: 4000 } })
  await expect(drip).rejects.toMatchObject({ code: 'stalled' })
  await nothingIsLeft()
})

test('slow but steady ends at the deadline', async () => {
  const slow = fetch('/watch/slow?bytesPerSecond=30000', 'vbest', {
    limits: { deadlineMs: 6000 },
  })
  await expect(slow).rejects.toMatchObject({ code: 'timeout' })
  await nothingIsLeft()
})

test('a cancel ends the download and what it started', async () => {
  const controller = new AbortController()
  const running = fetch('/watch/slow', 'vbest', {
    signal: controller.signal,
    onProgress: ({ doneBytes }) => doneBytes && controller.abort(new Error('nobody waits')),
  })
  await expect(running).rejects.toThrow('nobody waits')
  await vi.waitFor(nothingIsLeft, 20_000)
})

test('no room: nothing starts, and no attempt is used up', async () => {
  const refused = fetch('/watch/clip-4', 'vbest', { hasRoom: false })
  await expect(refused).rejects.toBeInstanceOf(Postpone)
  expect(site.hits.size).toBe(0)
  expect(await readdir(dir)).toEqual([])
})

/** A yt-dlp that says that it has fetched what the script has put into its folder. */
const claiming = async (filepath: string, script: string) => {
  const result = JSON.stringify({ filepath, id: 'x', extractor: 'generic', title: 'T' })
  const says = `case "$*" in *--version*) echo 2026.10.26; exit;; esac\n${script}\necho 'clipferry-result ${result}'`
  return createExtractor({ ytdlpPath: await fakeTool(await testDir(), says), ffmpegPath })
}

test.each([
  ['a file of the host', '/etc/passwd', ''],
  ['a file beside its folder', '../media.mp4', 'echo x > ../media.mp4'],
  ['a link to a file of the host', 'media.mp4', 'ln -s /etc/passwd media.mp4'],
  ['a folder', 'media.mp4', 'mkdir media.mp4'],
  ['a launcher', 'media.desktop', 'echo x > media.desktop'],
  ['a page', 'media.mp4', 'echo "<html>" > media.mp4'],
])('%s is not media', async (_, filepath, script) => {
  await expect(fetch('/any', 'vbest', { extractor: await claiming(filepath, script) })).rejects.toMatchObject(
    {
      code: 'not_media',
    },
  )
})

test('a link that nobody knows any more', async () => {
  const handler = createHandler({ facts, artifacts, extractor: real, limits: LIMITS })
  const wanted = { mediaId: 'a.b', mediaKey: 'a.b.vbest.full.public', format: 'vbest', linkHash: 'unknown' }
  const context = testContext()
  await expect(
    handler(
      { data: { ticket: 'ABC123', generation: 1, ...wanted }, input: null },
      { ...context, signal: new AbortController().signal },
    ),
  ).rejects.toMatchObject({ code: 'input_missing' })
})
