import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { processesIn } from '../../src/playground/testing/processes-in.ts'
import { createFfmpeg, type FfmpegJob, type RunOptions } from './ffmpeg.ts'
import { createProbe } from './probe.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ffmpeg-'))
})
afterAll(() => rm(dir, { recursive: true }))

const signal = new AbortController().signal
const options = (changes: Partial<RunOptions> = {}): RunOptions => ({
  ...{ signal, cwd: dir, deadlineMs: 300_000, stallMs: 300_000 },
  ...changes,
})
const source = { path: 'testsrc2=s=128x72:r=10:d=2', options: ['-f', 'lavfi'] }
const job = (changes: Partial<FfmpegJob> = {}): FfmpegJob => ({
  ...{ inputs: [source], options: ['-c:v', 'mpeg4'], output: join(dir, 'out.mp4'), durationS: 2 },
  ...changes,
})
const script = async (name: string, body: string) => {
  await writeFile(join(dir, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 })
  return join(dir, name)
}

test('arguments arrive as they are, and progress is told', async () => {
  const percents: number[] = []
  const metadata = ['-metadata', 'title=Night train', '-metadata', 'artist=$HOME "x"']
  await createFfmpeg('ffmpeg').run(
    job({ options: ['-c:v', 'mpeg4', ...metadata] }),
    options({ onProgress: (percent) => percents.push(percent) }),
  )
  const facts = await createProbe('ffprobe')(join(dir, 'out.mp4'), { signal })
  expect([facts.title, facts.artist]).toEqual(['Night train', '$HOME "x"'])
  expect(percents.at(-1)).toBeGreaterThan(90)
  expect(Math.max(...percents)).toBeLessThanOrEqual(100)
})

test('a full disk has a code of its own', async () => {
  await expect(
    createFfmpeg('ffmpeg').run(job({ output: '/dev/full', options: ['-f', 'avi'] }), options()),
  ).rejects.toMatchObject({ code: 'disk_full' })
})

test('what is no media has a code of its own', async () => {
  await writeFile(join(dir, 'text.mp4'), 'text')
  const inputs = [{ path: join(dir, 'text.mp4'), options: [] }]
  await expect(createFfmpeg('ffmpeg').run(job({ inputs }), options())).rejects.toMatchObject({
    code: 'not_media',
  })
})

test.each<[string, Partial<RunOptions>]>([
  ['timeout', { deadlineMs: 200 }],
  ['stalled', { stallMs: 200 }],
  ['cancelled', { signal: AbortSignal.timeout(200) }],
])('an ffmpeg that hangs is ended, with all that it started: %s', async (code, limit) => {
  const hanging = await script(`hanging-${code}`, "trap '' TERM; sleep 600 & sleep 600; sleep 600")
  await expect(createFfmpeg(hanging).run(job(), options(limit))).rejects.toMatchObject({ code })
  await vi.waitFor(async () => expect(await processesIn(dir)).toEqual([]), 20_000)
})

test('one that says how far it is, but gets no further, is stalled', async () => {
  const turning = await script('turning', 'while :; do echo out_time_us=5 >&2; sleep 0.05; done')
  await expect(createFfmpeg(turning).run(job(), options({ stallMs: 1000 }))).rejects.toMatchObject({
    code: 'stalled',
  })
})

test('an abort before the start starts nothing', async () => {
  const marker = await script('marker', `touch ${join(dir, 'started')}`)
  await expect(
    createFfmpeg(marker).run(job(), options({ signal: AbortSignal.abort() })),
  ).rejects.toMatchObject({ code: 'cancelled' })
  await expect(
    createProbe(marker)(join(dir, 'text.mp4'), { signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ code: 'cancelled' })
})

test('a tool that is not there is our fault', async () => {
  const missing = join(dir, 'no-such-tool')
  await expect(createFfmpeg(missing).run(job(), options())).rejects.toMatchObject({ code: 'internal' })
  await expect(createProbe(missing)(join(dir, 'out.mp4'), { signal })).rejects.toMatchObject({
    code: 'internal',
  })
  expect(await createFfmpeg(missing).canToneMap()).toBe(false)
})

test('what ffmpeg complains about is kept, without links', async () => {
  const talking = await script(
    'talking',
    'echo "progress=continue" >&2; echo "cannot https://a.b/c?d" >&2; exit 3',
  )
  await expect(createFfmpeg(talking).run(job(), options())).rejects.toMatchObject({
    code: 'transcode_failed',
    cause: { message: 'cannot [link]' },
  })
})
