import { readdir } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { FactsStore } from '../../queues/facts.ts'
import { canonicalLink } from '../../queues/link.ts'
import { linkHash, type MediaFacts } from '../../queues/media.ts'
import { createState } from '../../queues/state.ts'
import { SAMPLE_MEDIA_DIR } from '../../src/playground/media-site/make-media.ts'
import { createMediaSite } from '../../src/playground/media-site/media-site.ts'
import { processesIn } from '../../src/playground/testing/processes-in.ts'
import { testDir, testRedis } from '../../src/playground/testing/services.ts'
import { findTools } from '../../src/playground/tools.ts'
import { createExtractor } from '../extractor/create-extractor.ts'
import { fakeTool } from '../extractor/fake-tool.ts'
import { testContext } from '../test-context.ts'
import { createHandler, type InspectLimits } from './handler.ts'

const site = createMediaSite({ dir: SAMPLE_MEDIA_DIR })
const { ytdlpPath, ffmpegPath } = findTools()
const LIMITS: InspectLimits = { deadlineMs: 120_000, maxDurationS: 4 * 3600, maxFileBytes: 2e9 }

let facts: FactsStore
let own: Server
beforeAll(async () => {
  await site.listen()
  const { redis, prefix } = await testRedis()
  facts = createState(redis, prefix).facts
  own = createServer((request, response) => void serve(request.url ?? '', response))
  await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve))
}, 180_000)
afterAll(async () => {
  own?.closeAllConnections()
  own?.close()
  await site.close()
})

/** Pages that the media site does not have. */
function serve(path: string, response: ServerResponse): void {
  const video = (n: number) => `<video src="${site.origin}/files/clip-${n}.mp4"></video>`
  const item = `<item><title>One</title><link>${site.origin}/watch/clip-7</link></item>`
  if (path === '/two') response.end(`<html><body>${video(1)}${video(2)}</body></html>`)
  if (path === '/feed-of-one')
    response.end(`<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>${item}</channel></rss>`)
  // Any other path never gets an answer.
}

/** An address of the server above. */
function ownLink(path: string): string {
  const address = own.address()
  if (!address || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}${path}`
}

interface Asked {
  limits?: Partial<InspectLimits>
  ytdlp?: string
  signal?: AbortSignal
}

/** Inspects an address as the stage does; a path is one of the media site. */
async function inspect(address: string, { limits, ytdlp = ytdlpPath, signal }: Asked = {}) {
  const link = canonicalLink(new URL(address, site.origin))
  const hash = linkHash(link)
  await facts.saveLink(hash, link)
  const extractor = createExtractor({ ytdlpPath: ytdlp, ffmpegPath })
  const handler = createHandler({ facts, extractor, limits: { ...LIMITS, ...limits } })
  const { mediaId } = await handler(
    { data: { ticket: 'ABC123', linkHash: hash, generation: 1 }, input: null },
    testContext(signal ? { signal } : {}),
  )
  return { mediaId, hash, found: await facts.ofLink(hash) }
}
const formats = (found: MediaFacts | null) => found?.choices.map(({ format }) => format)

test('HLS: its heights, an estimate of each size, and audio', async () => {
  const { mediaId, found } = await inspect('/watch/hls')
  expect(found).toMatchObject({ mediaId, title: expect.stringContaining('Harbour at dawn') })
  expect(formats(found)).toEqual(['v720', 'v480', 'v360', 'v240', 'a-m4a', 'a-mp3'])
  expect(found?.choices[0]).toEqual({
    format: 'v720',
    codec: expect.stringMatching(/^avc1/),
    sizeBytes: expect.any(Number),
  })
  expect(await facts.info(mediaId)).toContain('"formats"')
})

test('DASH: picture and sound are sized together', async () => {
  const { found } = await inspect('/watch/dash')
  expect(formats(found)).toContain('a-m4a')
  expect(found?.durationS).toBe(10)
  expect(found?.choices[0]?.sizeBytes).toBeGreaterThan(found?.choices.at(-1)?.sizeBytes ?? 0)
})

test('a file without facts: the best there is', async () => {
  const { found } = await inspect('/files/ready.mp4')
  expect(formats(found)).toEqual(['vbest', 'a-m4a', 'a-mp3'])
  expect(found?.choices[0]).toMatchObject({ codec: null, sizeBytes: null })
})

test('a song offers audio only', async () => {
  expect(formats((await inspect('/files/song.m4a')).found)).toEqual(['a-m4a', 'a-mp3'])
})

test('two spellings of a link are one media, two links of a nameless site are two', async () => {
  const [one, spelled, other] = [
    await inspect('/files/clip-1.mp4'),
    await inspect('/files/clip-1.mp4?utm_source=x#t'),
    await inspect('/files/clip-2.mp4'),
  ]
  expect(spelled.mediaId).toBe(one.mediaId)
  expect(other.mediaId).not.toBe(one.mediaId)
})

test.each([
  ['/watch/playlist', 'playlist'],
  ['/watch/live', 'live'],
  ['/watch/long', 'too_long'],
  ['/watch/nothing', 'unsupported'],
  ['/watch/gone', 'gone'],
  ['/watch/removed', 'gone'],
  ['/watch/private', 'login_required'],
  ['/watch/login', 'login_required'],
  ['/watch/geo', 'geo_blocked'],
  ['/watch/ratelimited', 'rate_limited'],
  ['/watch/down', 'site_error'],
])('%s is %s', async (path, code) => {
  await expect(inspect(path)).rejects.toMatchObject({ code })
})

test('a page with two videos is a playlist', async () => {
  await expect(inspect(ownLink('/two'))).rejects.toMatchObject({ code: 'playlist' })
})

test('a list of one is followed to its media', async () => {
  site.reset()
  const { found } = await inspect(ownLink('/feed-of-one'))
  expect(site.hits.get('/watch/clip-7')).toBeGreaterThan(0)
  expect(found?.title).toBe('One')
  expect(formats(found)).toEqual(['vbest', 'a-m4a', 'a-mp3'])
})

test('a playlist costs the site a handful of requests, however long it is', async () => {
  site.reset()
  await expect(inspect('/watch/playlist')).rejects.toMatchObject({ code: 'playlist' })
  const requests = [...site.hits.values()].reduce((sum, hits) => sum + hits, 0)
  expect(requests).toBeLessThanOrEqual(4)
})

/** A stand-in for sites that cannot be had here: answers a record of yt-dlp's. */
const answering = async (record: object) => {
  const dir = await testDir()
  const json = JSON.stringify({
    id: 'abc',
    extractor: 'youtube',
    title: 'T',
    formats: [{ ext: 'mp4' }],
    ...record,
  })
  return await fakeTool(dir, `case "$*" in *--version*) echo 2026.10.26;; *) cat <<'END'\n${json}\nEND\nesac`)
}

test.each([
  [{ live_status: 'is_upcoming' }, 'upcoming'],
  [{ live_status: 'is_live' }, 'live'],
  [{ is_live: true }, 'live'],
  [{ live_status: 'post_live' }, 'live'],
  [{ duration: 4 * 3600 + 1 }, 'too_long'],
  [{ formats: [] }, 'no_media'],
  [{ formats: [{ ext: 'mhtml', vcodec: 'none', acodec: 'none' }] }, 'no_media'],
  [{ formats: [{ ext: 'mp4', height: 720, filesize: 3e9, acodec: 'none' }] }, 'too_large'],
  [{ _type: 'playlist', entries: [] }, 'no_media'],
  [{ _type: 'playlist', entries: [{ id: 'a' }, { id: 'b' }] }, 'playlist'],
  [{ _type: 'playlist', entries: [{ id: 'a' }], playlist_count: 30 }, 'playlist'],
  [{ id: null }, 'no_media'],
  [{ _type: 'url', url: 'http://example.com/' }, 'no_media'],
])('a record with %j is refused as %s', async (record, code) => {
  await expect(inspect('/any', { ytdlp: await answering(record) })).rejects.toMatchObject({ code })
})

test('what a site writes is cleaned before it is kept, and one media in a list is fine', async () => {
  const entry = { id: '../x', extractor: 'X:y', title: 'a\u202Eb\nc', formats: [{ ext: 'mp4', height: 360 }] }
  const ytdlp = await answering({ _type: 'playlist', entries: [entry], playlist_count: 1 })
  const { found } = await inspect('/any', { ytdlp })
  expect(found?.title).toBe('a b c')
  expect(found?.mediaId).toMatch(/^x-y-[0-9a-f]{16}\.-x-[0-9a-f]{16}$/)
})

test('a size that may not be sent is not offered', async () => {
  const sizes = [1e9, 3e9].map((filesize, n) => ({
    ext: 'mp4',
    height: 720 * (n + 1),
    filesize,
    acodec: 'none',
  }))
  const { found } = await inspect('/any', { ytdlp: await answering({ formats: sizes }) })
  expect(formats(found)).toEqual(['v720'])
})

test('a flood in place of a record is cut', async () => {
  const flood = await fakeTool(
    await testDir(),
    'case "$*" in *--version*) echo 2026.10.26;; *) exec yes "{";; esac',
  )
  await expect(inspect('/any', { ytdlp: flood })).rejects.toMatchObject({ code: 'unsupported' })
})

test('a site that never answers ends at the deadline', async () => {
  await expect(inspect(ownLink('/never'), { limits: { deadlineMs: 3000 } })).rejects.toMatchObject({
    code: 'timeout',
  })
})

test('an abort ends the tool and leaves nothing', async () => {
  const dir = await testDir()
  const hangs = await fakeTool(dir, `case "$*" in *--version*) echo 2026.10.26;; *) echo {; sleep 300;; esac`)
  const controller = new AbortController()
  const scratch = await testDir()
  vi.stubEnv('TMPDIR', scratch)
  const running = inspect('/any', { ytdlp: hangs, signal: controller.signal })
  const failed = expect(running).rejects.toThrow('nobody waits')
  await vi.waitFor(async () => expect(await processesIn(dir)).not.toEqual([]), 20_000)
  controller.abort(new Error('nobody waits'))
  await failed
  expect(await processesIn(dir)).toEqual([])
  expect(await readdir(scratch)).toEqual([])
  vi.unstubAllEnvs()
})

test('a link that nobody knows any more', async () => {
  const extractor = createExtractor({ ytdlpPath, ffmpegPath })
  const handler = createHandler({ facts, extractor, limits: LIMITS })
  const data = { ticket: 'ABC123', linkHash: 'unknown', generation: 1 }
  await expect(handler({ data, input: null }, testContext())).rejects.toMatchObject({ code: 'input_missing' })
})
