import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLogger } from '../../src/shared/logger.ts'
import { createFfmpeg } from './ffmpeg.ts'
import { createProbe } from './probe.ts'
import { type Bench, createBench, PICTURE, SOUND } from './testing/bench.ts'
import { coloursOf } from './testing/inspect-file.ts'
import { earlyThumbnail, videoThumbnail } from './thumbnail.ts'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p']
const fast = ['-movflags', '+faststart']
const probe = createProbe('ffprobe')

function context() {
  const { signal } = new AbortController()
  return { ffmpeg: createFfmpeg('ffmpeg'), signal, log: createLogger('silent', 'test'), cwd: bench.dir }
}

/** Red for a second and a half, then blue; a tenth of it is at two seconds. */
const redThenBlue = [
  ...[
    '-f',
    'lavfi',
    '-i',
    'color=red:s=64x64:r=10:d=1.5',
    '-f',
    'lavfi',
    '-i',
    'color=blue:s=64x64:r=10:d=18.5',
  ],
  ...['-filter_complex', 'concat=n=2', ...x264, '-x264-params', 'scenecut=0', ...fast],
]
async function isBlue(picture: string | null): Promise<boolean> {
  const [[red = 255, , blue = 0] = []] = picture ? await coloursOf(picture, '1x1') : []
  return blue > 200 && red < 60
}

test('a picture from a tenth of the video, by the next key frame', async () => {
  const path = await bench.clip('keys.mp4', [...redThenBlue, '-g', '10'])
  const facts = await probe(path, { signal: context().signal })
  expect(await isBlue(await videoThumbnail(path, facts, context()))).toBe(true)
  expect(await isBlue(await earlyThumbnail(path, 20, context()))).toBe(true)
})

test('no key frame behind that moment: the picture of the moment all the same', async () => {
  const path = await bench.clip('one-key.mp4', [...redThenBlue, '-g', '1000'])
  const facts = await probe(path, { signal: context().signal })
  expect(await earlyThumbnail(path, 20, context())).toBeNull()
  expect(await isBlue(await videoThumbnail(path, facts, context()))).toBe(true)
})

test('before a file is judged, only H.264 is decoded, and no picture above its levels', async () => {
  const large = ['-f', 'lavfi', '-i', 'color=blue:s=4112x2304:r=1:d=1']
  const mpeg4 = ['-f', 'lavfi', '-i', PICTURE, '-c:v', 'mpeg4']
  for (const [name, args] of [
    ['large.mp4', [...large, ...x264]],
    ['other.mp4', mpeg4],
  ] as const) {
    const path = await bench.clip(name, [...args, ...fast])
    const facts = await probe(path, { signal: context().signal })
    expect(await earlyThumbnail(path, 1, context())).toBeNull()
    expect(await videoThumbnail(path, facts, context())).not.toBeNull()
  }
})

/** Tools that note each start, and of which each waits until the other one has started. */
async function togetherOrNever() {
  const starts = bench.path('starts')
  const script = (tool: string, other: string) =>
    bench.script(
      `both-${tool}`,
      `echo ${tool} >>${starts}; until grep -q ${other} ${starts}; do sleep 0.05; done; exec ${tool} "$@"`,
    )
  const tools = {
    FFMPEG_PATH: await script('ffmpeg', 'ffprobe'),
    FFPROBE_PATH: await script('ffprobe', 'ffmpeg'),
  }
  return { tools, starts: async () => (await readFile(starts, 'utf8')).trim().split('\n').sort() }
}

test('what needs no change is drawn while ffprobe looks at it, in two starts in all', async () => {
  const both = ['-f', 'lavfi', '-i', PICTURE, '-f', 'lavfi', '-i', SOUND]
  const path = await bench.clip('ready.mp4', [...both, ...x264, '-c:a', 'aac', ...fast])
  const { tools, starts } = await togetherOrNever()
  const made = await bench.run(path, { deps: { tools } })
  expect(made.file.treatment).toBe('as_is')
  expect(made.picture).not.toBeNull()
  expect(await starts()).toEqual(['ffmpeg', 'ffprobe'])
})
