import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { testDir } from '../../src/playground/testing/services.ts'
import { fakeTool } from './fake-tool.ts'
import { runYtdlp } from './run-ytdlp.ts'
import { type Flags, fetchFlags, followFlags, listFlags } from './ytdlp-flags.ts'

const TOOLS = { ffmpegPath: '/opt/bin/ffmpeg', nodePath: '/opt/bin/node', version: '2026.10.26' }
const LINK = 'https://example.com/watch?v=1'
const FETCH = { format: 'v720', maxBytes: 5000, infoPath: null }

let dir: string
let echo: string
beforeAll(async () => {
  dir = await testDir()
  echo = await fakeTool(dir, 'for argument; do printf "%s\\0" "$argument"; done')
})

/** What yt-dlp is really started with. */
async function argv(flags: Flags, operands: string[] = [LINK]): Promise<string[]> {
  const chunks: Buffer[] = []
  await runYtdlp({
    ...{ ytdlpPath: echo, flags, operands, dir },
    limits: { deadlineMs: 30_000, noProgressMs: Number.POSITIVE_INFINITY, maxBytes: 1e9 },
    signal: new AbortController().signal,
    onOutput: (chunk) => chunks.push(chunk),
  })
  return Buffer.concat(chunks).toString().split('\0').slice(0, -1)
}

const COMMON = [
  ...['--ignore-config', '--no-cache-dir', '--no-exec', '--no-playlist'],
  ...['--socket-timeout', '15', '--retries', '3', '--extractor-retries', '2', '--fragment-retries', '3'],
  ...['--ffmpeg-location', '/opt/bin/ffmpeg', '--no-plugin-dirs', '--no-remote-components'],
  ...['--no-js-runtimes', '--js-runtimes', 'node:/opt/bin/node'],
]

test('list: two entries at most, and no link in a page is followed', async () => {
  expect(await argv(listFlags(TOOLS))).toEqual([
    ...COMMON,
    ...['--dump-single-json', '--flat-playlist', '--playlist-items', '1:2', '--', LINK],
  ])
})

test('follow: one entry', async () => {
  expect(await argv(followFlags(TOOLS))).toEqual([
    ...COMMON,
    ...['--dump-single-json', '--playlist-items', '1', '--', LINK],
  ])
})

test('fetch: names of ours, progress in lines, the link last', async () => {
  const words = await argv(fetchFlags(TOOLS, FETCH))
  expect(words.slice(0, COMMON.length)).toEqual(COMMON)
  expect(words.slice(-2)).toEqual(['--', LINK])
  const after = (option: string) => words[words.indexOf(option) + 1]
  expect(after('--output')).toBe('media.%(ext)s')
  expect(after('--max-filesize')).toBe('5000')
  expect(after('--playlist-items')).toBe('1')
  expect(after('--fixup')).toBe('never')
  expect(after('--break-match-filters')).toBe('!is_live')
  expect(after('--format')).toMatch(/^bv\*\[height=720\]/)
  expect(after('--print')).toMatch(/^after_move:/)
  expect(words).toContain('--abort-on-unavailable-fragments')
  expect(words).not.toContain('--write-thumbnail')
})

test('audio brings its picture, a record needs no link', async () => {
  const flags = fetchFlags(TOOLS, { ...FETCH, format: 'a-mp3', infoPath: '/scratch/info.json' })
  const words = await argv(flags, [])
  expect(words).toContain('--write-thumbnail')
  expect(words[words.indexOf('--load-info-json') + 1]).toBe('/scratch/info.json')
  expect(words).not.toContain('--')
})

test('a link that looks like an option is none', async () => {
  expect((await argv(listFlags(TOOLS), ['--exec=touch x'])).slice(-2)).toEqual(['--', '--exec=touch x'])
})

test('a tool in PATH has no location, an old yt-dlp gets no flag that it does not know', async () => {
  const words = await argv(listFlags({ ...TOOLS, ffmpegPath: 'ffmpeg', version: '2023.03.04' }))
  expect(words.filter((word) => /ffmpeg|plugin|runtimes|remote/.test(word))).toEqual([])
})

/** Each was a hole once, or opens one (yt-dlp's security advisories). */
const BANNED =
  /^(--exec|--exec-before-download|--netrc.*|--write-(url-|webloc-|desktop-)?link|--(external-)?downloader.*|--cookies.*|--enable-file-urls|--config.*|--plugin-dirs|--use-postprocessor|--batch-file|-a|--update.*|-U|--proxy|--add-header.*|--no-check-certificates?|--remote-components|--username|--password)$/

describe.each(['v720', 'vbest', 'a-m4a', 'a-mp3'])('%s', (format) => {
  test.each([null, '/scratch/info.json'])('no banned argument (record: %s)', async (infoPath) => {
    const words = await argv(fetchFlags(TOOLS, { format, maxBytes: 1, infoPath }))
    expect(words.filter((word) => BANNED.test(word.split('=')[0] ?? ''))).toEqual([])
  })
})
test.each([listFlags, followFlags])('no banned argument while it asks', async (flags) => {
  expect((await argv(flags(TOOLS))).filter((word) => BANNED.test(word.split('=')[0] ?? ''))).toEqual([])
})

test('the folder of the run is where it works and keeps its temporary files', async () => {
  const where = await fakeTool(join(dir), 'printf "%s %s" "$PWD" "$TMPDIR"')
  const chunks: Buffer[] = []
  const run = { ytdlpPath: where, flags: {}, operands: [], dir, signal: new AbortController().signal }
  const limits = { deadlineMs: 30_000, noProgressMs: Number.POSITIVE_INFINITY, maxBytes: 1e9 }
  await runYtdlp({ ...run, limits, onOutput: (chunk) => chunks.push(chunk) })
  expect(Buffer.concat(chunks).toString()).toBe(`${dir} ${dir}`)
})
