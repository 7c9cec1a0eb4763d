import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { SAMPLE_MEDIA_DIR } from '../../src/playground/media-site/make-media.ts'
import { createMediaSite } from '../../src/playground/media-site/media-site.ts'
import { processesIn } from '../../src/playground/testing/processes-in.ts'
import { testDir } from '../../src/playground/testing/services.ts'
import { findTools } from '../../src/playground/tools.ts'
import { createExtractor, type OpenExtractor } from './create-extractor.ts'
import { createYtdlp, type Ytdlp } from './create-ytdlp.ts'
import type { FetchRequest } from './extractor.ts'
import type { Run } from './follow-run.ts'

const site = createMediaSite({ dir: SAMPLE_MEDIA_DIR })
const { ytdlpPath, ffmpegPath } = findTools()
const MB = 1024 ** 2
const NEVER = Number.POSITIVE_INFINITY
const log = pino({ level: 'silent' })
const signal = new AbortController().signal

let dir: string
beforeAll(() => site.listen(), 180_000)
afterAll(() => site.close())
beforeEach(async () => {
  dir = await testDir()
})

/** What stands in a record of the run, and not of the media. */
const steady = (infoJson: string) =>
  JSON.parse(infoJson, (key, value: unknown) =>
    ['epoch', 'User-Agent', '_version', 'filename', '_filename'].includes(key) ? undefined : value,
  ) as unknown

describe.each(['resident', 'exec'])('%s', (way) => {
  let extractor: OpenExtractor
  let ytdlp: Ytdlp
  beforeAll(async () => {
    const resident = way === 'resident' ? { log } : undefined
    extractor = createExtractor({ ytdlpPath, ffmpegPath, resident })
    ytdlp = createYtdlp({ ytdlpPath, resident: resident && { ...resident, rehearsals: () => [] } })
    expect([await extractor.warmUp(), await ytdlp.warmUp()]).toEqual([way === 'resident', way === 'resident'])
  }, 120_000)
  afterAll(() => {
    extractor.close()
    ytdlp.close()
  })

  const inspect = (path: string) =>
    extractor.inspect(new URL(path, site.origin).href, { signal, deadlineMs: 60_000 })
  const fetch = (path: string, format: string, more: Partial<FetchRequest> = {}) =>
    extractor.fetch({
      ...{ link: new URL(path, site.origin).href, format, expectedBytes: null, dir, signal },
      ...{ deadlineMs: 60_000, noProgressMs: 30_000, maxBytes: 100 * MB, onProgress: () => undefined },
      ...more,
    })
  const run = (flags: Run['flags'], operands: string[], more: Partial<Run> = {}) =>
    ytdlp.run({
      ...{ flags: { ignoreConfig: true, ...flags }, operands, dir, signal, onOutput: () => undefined },
      limits: { deadlineMs: NEVER, noProgressMs: NEVER, maxBytes: 100 * MB },
      ...more,
    })
  const outputOf = async (flags: Run['flags'], operands: string[]) => {
    const chunks: Buffer[] = []
    const ended = await run(flags, operands, { onOutput: (chunk) => chunks.push(chunk) })
    return { ...ended, output: Buffer.concat(chunks).toString() }
  }

  test('a page, a playlist of fragments and separate streams are told as the other way tells them', async () => {
    const plain = createExtractor({ ytdlpPath, ffmpegPath })
    for (const path of ['/watch/clip-1', '/watch/hls', '/watch/dash']) {
      const link = new URL(path, site.origin).href
      const there = await plain.inspect(link, { signal, deadlineMs: 60_000 })
      expect(steady((await inspect(path)).infoJson)).toEqual(steady(there.infoJson))
    }
  })

  test.each([
    ['/watch/clip-1', 'vbest', 'media.mp4'],
    ['/watch/hls', 'v360', 'media.mp4'],
    ['/watch/dash', 'v720', 'media.mp4'],
    ['/watch/dash', 'a-m4a', 'media.m4a'],
  ])('%s in %s', async (path, format, name) => {
    const progress = vi.fn()
    const fetched = await fetch(path, format, { onProgress: progress })
    expect(fetched.path).toBe(join(dir, name))
    expect((await stat(fetched.path)).size).toBeGreaterThan(10_000)
    expect(fetched.coverPath).toBe(format === 'a-m4a' ? join(dir, 'media.jpg') : null)
    expect(progress.mock.lastCall?.[0]).toMatchObject({ percent: 100 })
    expect((await readdir(dir)).filter((file) => /part|temp|ytdl/.test(file))).toEqual([])
  })

  test.each([
    ['/watch/gone', 'gone'],
    ['/watch/ratelimited', 'rate_limited'],
    ['/watch/playlist', 'playlist'],
    ['/watch/private', 'login_required'],
  ])('%s is %s', async (path, code) => {
    await expect(inspect(path)).rejects.toMatchObject({ code })
  })

  test('exit code and words are the command line’s own', async () => {
    const wrong = await outputOf({ socketTimeout: 'soon' as unknown as number }, ['http://x.invalid'])
    expect(wrong).toMatchObject({ exitCode: 2, output: '' })
    expect(wrong.stderr).toMatch(/^\n?Usage: yt-dlp .*\n(.*\n)*yt-dlp: error: option --socket-timeout/)
    expect(await outputOf({ version: true }, [])).toEqual({
      ...{ exitCode: 0, stderr: '', output: `${await ytdlp.version()}\n` },
    })
    expect(await outputOf({}, ['--version'])).toMatchObject({
      ...{ exitCode: 1, output: expect.stringContaining('[generic]') },
    })
  })

  test('a file ends at the limit', async () => {
    const endless = fetch('/watch/endless?bytesPerSecond=50000000', 'vbest', { maxBytes: 5 * MB })
    await expect(endless).rejects.toMatchObject({ code: 'too_large' })
    expect((await stat(join(dir, 'media.mp4.part'))).size).toBeLessThanOrEqual(5 * MB + 512)
  })

  test('what takes too long ends at the deadline, and nobody is left', async () => {
    const slow = fetch('/watch/slow', 'vbest', { deadlineMs: 1500 })
    await expect(slow).rejects.toMatchObject({ code: 'timeout' })
    expect(await processesIn(dir)).toEqual([])
  })

  test('an abort ends the run with what it has started', async () => {
    const controller = new AbortController()
    const reason = new Error('cancelled')
    // ffmpeg itself reads the endless stream.
    const running = run(
      { ffmpegLocation: ffmpegPath, output: 'live.mp4', hlsPreferFfmpeg: true },
      [`${site.origin}/live/now.m3u8`],
      { signal: controller.signal },
    )
    const ended = expect(running).rejects.toBe(reason)
    await vi.waitFor(
      async () => expect((await processesIn(dir)).find((one) => /^\d+ \S*ffmpeg -/.test(one))).toBeDefined(),
      30_000,
    )
    controller.abort(reason)
    await ended
    expect(await processesIn(dir)).toEqual([])
  })

  test('a flood of output harms nobody else', async () => {
    const title = 'x'.repeat(4000)
    let bytes = 0
    const flood = run(
      { print: `${'%(title)s'.repeat(5000)}`, simulate: true },
      [`data:text/html,<title>${title}</title><video src="http://x.invalid/a.mp4"></video>`],
      {
        onOutput: (chunk) => {
          bytes += chunk.length
        },
      },
    )
    const [{ exitCode }, other] = await Promise.all([flood, outputOf({ version: true }, [])])
    expect(exitCode).toBe(0)
    expect(bytes).toBeGreaterThanOrEqual(20_000_000)
    expect(other.exitCode).toBe(0)
  })

  test('what the reader throws ends the run, and is its error', async () => {
    const enough = new Error('enough')
    const onOutput = () => {
      throw enough
    }
    await expect(run({ listExtractors: true }, [], { onOutput })).rejects.toBe(enough)
    expect(await processesIn(dir)).toEqual([])
  })
})
