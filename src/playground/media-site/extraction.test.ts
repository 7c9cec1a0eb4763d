import { execa } from 'execa'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { findTools } from '../tools.ts'
import { SAMPLE_MEDIA_DIR } from './make-media.ts'
import { createMediaSite } from './media-site.ts'

// Each extraction is a Python start: seconds on a busy machine.
vi.setConfig({ testTimeout: 240_000 })

/** That the site is what a real extractor takes it for. */
const site = createMediaSite({ dir: SAMPLE_MEDIA_DIR })
beforeAll(() => site.listen(), 180_000)
afterAll(() => site.close())
beforeEach(() => site.reset())

const Found = z.object({
  title: z.string(),
  _type: z.string().optional(),
  live_status: z.string().nullish(),
  duration: z.number().nullish(),
  entries: z.array(z.unknown()).optional(),
  formats: z.array(z.object({ height: z.number().nullish(), vcodec: z.string().nullish() })).optional(),
})

async function extract(path: string) {
  const result = await execa(
    findTools().ytdlpPath,
    ['--ignore-config', '--flat-playlist', '-J', '--', site.origin + path],
    { reject: false },
  )
  if (result.exitCode !== 0) return { error: result.stderr }
  return { found: Found.parse(JSON.parse(result.stdout)) }
}

const heightsOf = (found: z.infer<typeof Found> | undefined) =>
  found?.formats?.flatMap(({ height }) => (height ? [height] : []))

test('HLS has four heights, DASH three and a sound of its own', async () => {
  const hls = await extract('/watch/hls')
  expect(hls.found).toMatchObject({ title: 'Harbour at dawn', duration: 12 })
  expect(heightsOf(hls.found)).toEqual([240, 360, 480, 720])
  const dash = await extract('/watch/dash')
  expect(dash.found).toMatchObject({ title: 'Orchard in the wind', duration: 10 })
  expect(heightsOf(dash.found)).toEqual([360, 480, 720])
  expect(dash.found?.formats?.filter(({ vcodec }) => vcodec === 'none')).toHaveLength(1)
})

test('a live stream is known as one, a long video says how long it is, a feed is a playlist', async () => {
  expect((await extract('/watch/live')).found).toMatchObject({ live_status: 'is_live' })
  expect((await extract('/watch/long')).found).toMatchObject({ duration: 12 * 3600 })
  const feed = await extract('/watch/playlist')
  expect(feed.found?._type).toBe('playlist')
  expect(feed.found?.entries).toHaveLength(5)
})

test('pages that hold a file give it, and the flaky one at the third try', async () => {
  expect((await extract('/watch/slow')).found?.title).toBe('Night train, slowly')
  expect((await extract('/watch/clip-17')).found?.title).toBe('Clip 17')
  expect((await extract('/watch/vertical')).found?.title).toContain('Ferry, filmed upright')
  expect((await extract('/watch/flaky')).error).toContain('HTTP Error 503')
  expect((await extract('/watch/flaky')).error).toContain('HTTP Error 503')
  expect((await extract('/watch/flaky')).found?.title).toBe('Ferry, at the third try')
})

test.each([
  ['gone', 'HTTP Error 404'],
  ['private', 'HTTP Error 403'],
  ['geo', 'HTTP Error 451'],
  ['ratelimited', 'HTTP Error 429'],
  ['nothing', 'Unsupported URL'],
])('%s is refused with %s', async (name, message) => {
  expect((await extract(`/watch/${name}`)).error).toContain(message)
})
