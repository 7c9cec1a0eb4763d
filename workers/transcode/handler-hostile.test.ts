import { readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { processesIn } from '../../src/playground/testing/processes-in.ts'
import { type Bench, createBench, PICTURE, SOUND } from './testing/bench.ts'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

afterEach(async () => {
  expect(await bench.leftovers()).toEqual([])
  // The guard ends a moment before its watcher does.
  await vi.waitFor(async () => expect(await processesIn(bench.dir)).toEqual([]), 20_000)
})

const limits = { maxFileBytes: 50_000_000, maxDurationS: 3600, transcodeBudgetPixels: 1e9 }
const both = ['-f', 'lavfi', '-i', PICTURE, '-f', 'lavfi', '-i', SOUND]
const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac']
const vp9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8']
const fast = ['-movflags', '+faststart']

async function fileWith(name: string, content: string | Buffer): Promise<string> {
  await writeFile(bench.path(name), content)
  return bench.path(name)
}

/** All bytes below the artifact root. */
async function everythingKept(): Promise<string> {
  const entries = await readdir(bench.root, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return (await Promise.all(files.map((f) => readFile(join(f.parentPath, f.name), 'latin1')))).join('')
}

test.each<[string, (canary: string) => string]>([
  ['HLS', (canary) => `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://${canary}\n#EXT-X-ENDLIST\n`],
  ['concat', (canary) => `ffconcat version 1.0\nfile '${canary}'\n`],
  [
    'DASH',
    (canary) =>
      `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>file://${canary}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
  ],
])('a playlist in disguise reads no file of ours: %s', async (name, playlist) => {
  // A real clip with a text among its pictures, which a copy would carry along.
  const text = 'h264_metadata=sei_user_data=086f3693-b7b3-4f2c-9653-21492feee5b8+CANARY-7c1'
  const canary = await bench.clip('canary.ts', [...both, ...x264, '-bsf:v', text])
  expect(await readFile(canary, 'latin1')).toContain('CANARY-7c1')
  const path = await fileWith(`${name}.mp4`, playlist(canary))
  await expect(bench.run(path)).rejects.toMatchObject({ code: 'not_media' })
  expect(await everythingKept()).not.toContain('CANARY-7c1')
})

test('pictures and texts are no video', async () => {
  await bench.clip('picture.png', ['-f', 'lavfi', '-i', PICTURE, '-frames:v', '1'])
  const png = await readFile(bench.path('picture.png'))
  await expect(bench.run(await fileWith('image.mp4', png))).rejects.toMatchObject({ code: 'not_media' })
  await expect(bench.run(await fileWith('text.mp4', '<html>'))).rejects.toMatchObject({ code: 'not_media' })
  await expect(bench.run(await fileWith('empty.mp4', ''))).rejects.toMatchObject({ code: 'not_media' })
})

test.each<[string, string[]]>([
  ['index at the end', []],
  ['index in front', fast],
])('half an mp4 is refused: %s', async (name, flags) => {
  const path = await bench.clip(`${name.replaceAll(' ', '-')}.mp4`, [...both, ...x264, ...flags])
  const { length } = await readFile(path)
  await truncate(path, Math.floor(length * 0.7))
  await expect(bench.run(path)).rejects.toMatchObject({ code: 'not_media' })
})

test('half a webm is refused, although its header is fine', async () => {
  const long = ['-f', 'lavfi', '-i', 'testsrc2=s=128x72:r=10:d=8', ...vp9, '-g', '10']
  const path = await bench.clip('half.webm', long)
  const { length } = await readFile(path)
  await truncate(path, Math.floor(length * 0.3))
  await expect(bench.run(path)).rejects.toMatchObject({ code: 'not_media' })
})

test('a pixel bomb is never encoded', async () => {
  const still = ['-f', 'lavfi', '-i', 'color=s=1024x1024:r=30:d=2', ...vp9]
  const path = await bench.clip('bomb.webm', still)
  const ffmpeg = await bench.script('must-not-run', `touch ${bench.path('it-ran')}; exit 1`)
  const tools = { FFMPEG_PATH: ffmpeg, FFPROBE_PATH: 'ffprobe' }
  const budget = { ...limits, transcodeBudgetPixels: 1024 * 1024 * 59 }
  await expect(bench.run(path, { deps: { tools, limits: budget } })).rejects.toMatchObject({
    code: 'over_budget',
  })
  expect(await readdir(bench.dir)).not.toContain('it-ran')
})

test('too long, and too large in the end', async () => {
  const path = await bench.clip('long.mp4', [...both, ...x264])
  await expect(bench.run(path, { deps: { limits: { ...limits, maxDurationS: 0.5 } } })).rejects.toMatchObject(
    { code: 'too_long' },
  )
  const large = await bench.clip('large.webm', [...both, ...vp9, '-c:a', 'libopus'])
  await expect(
    bench.run(large, { deps: { limits: { ...limits, maxFileBytes: 5000 } } }),
  ).rejects.toMatchObject({ code: 'too_large' })
  const ready = await bench.clip('ready.mp4', [...both, ...x264, ...fast])
  await expect(
    bench.run(ready, { deps: { limits: { ...limits, maxFileBytes: 5000 } } }),
  ).rejects.toMatchObject({ code: 'too_large' })
})

test('an abort in the middle of an encode leaves nothing', async () => {
  const long = ['-f', 'lavfi', '-i', 'testsrc2=s=640x360:r=30:d=60', '-c:v', 'mpeg4', '-q:v', '31']
  const stop = new AbortController()
  const running = bench.run(await bench.clip('endless.avi', long), {
    signal: stop.signal,
    // As soon as it says how far it is.
    onProgress: () => stop.abort('cancelled'),
  })
  await expect(running).rejects.toMatchObject({ code: 'cancelled' })
})

test('the input is gone', async () => {
  await expect(bench.runRef('K7QM2X-999/media.bin')).rejects.toMatchObject({ code: 'input_missing' })
})

test('seeded damage ends in a result or in a code, never otherwise', async () => {
  const clean = await readFile(await bench.clip('clean.mp4', [...both, ...x264, ...fast]))
  let seed = 7
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed % below
  }
  for (let n = 0; n < 15; n++) {
    const damaged = Buffer.from(clean)
    for (let flips = 0; flips < 40; flips++) {
      const at = random(damaged.length)
      damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << random(8)), at)
    }
    const path = await fileWith(`damaged-${n}.mp4`, damaged)
    const end = await bench.run(path).then(
      (made) => made.file.kind,
      (error: unknown) => error,
    )
    if (end !== 'video' && end !== 'audio')
      expect(end).toMatchObject({
        code: expect.stringMatching(/^(not_media|transcode_failed|over_budget|too_long)$/),
      })
  }
})
