import { readFile, stat } from 'node:fs/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bench, createBench, PICTURE, SOUND } from './testing/bench.ts'
import { coloursOf, inspectFile } from './testing/inspect-file.ts'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

const encoders = (await execa('ffmpeg', ['-v', 'error', '-encoders'])).stdout

const picture = ['-f', 'lavfi', '-i', PICTURE]
const both = [...picture, '-f', 'lavfi', '-i', SOUND]
const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p']
const aac = ['-c:a', 'aac']
const fast = ['-movflags', '+faststart']

/** What every video must be in the end, whatever it was. */
async function expectPlayable(made: Awaited<ReturnType<Bench['run']>>, size: [number, number]) {
  const { video, audio, streams, indexFirst, format } = await inspectFile(made.path)
  expect(video).toMatchObject({ codec_name: 'h264', pix_fmt: 'yuv420p', width: size[0], height: size[1] })
  expect(['bt709', undefined]).toContain(video?.color_transfer)
  expect(video?.level).toBeLessThanOrEqual(52)
  expect(['1:1', undefined]).toContain(video?.sample_aspect_ratio)
  expect(video?.side_data_list?.filter((data) => 'rotation' in data) ?? []).toEqual([])
  if (audio) expect(audio.codec_name).toBe('aac')
  expect(streams).toHaveLength(audio ? 2 : 1)
  expect(format.format_name).toContain('mp4')
  expect(indexFirst).toBe(true)
  expect(made.file).toMatchObject({
    kind: 'video',
    extension: 'mp4',
    mimeType: 'video/mp4',
    sizeBytes: (await stat(made.path)).size,
    width: size[0],
    height: size[1],
  })
  expect(made.file.durationS).toBeCloseTo(format.duration, 1)
  expect(made.file.durationS).toBeGreaterThan(0.9)
  await expectThumbnail(made.picture, size)
  expect(await bench.leftovers()).toEqual([])
}

async function expectThumbnail(path: string | null, [width, height]: [number, number]) {
  if (!path) throw new Error('no thumbnail')
  const bytes = await readFile(path)
  expect(bytes.subarray(0, 3).toString('hex')).toBe('ffd8ff')
  expect(bytes.length).toBeLessThan(200_000)
  const { stdout } = await execa('ffprobe', [
    ...['-v', 'error', '-show_entries', 'stream=width,height', '-of', 'csv=p=0', path],
  ])
  const [w = 0, h = 0] = stdout.split(',').map(Number)
  expect(Math.max(w, h)).toBeLessThanOrEqual(320)
  expect(w / h).toBeCloseTo(width / height, 1)
}

test('what plays is handed over, not copied', async () => {
  const made = await bench.run(await bench.clip('ready.mp4', [...both, ...x264, ...aac, ...fast]))
  expect([made.file.treatment, made.artifact]).toEqual(['as_is', made.input])
  await expectPlayable(made, [128, 72])
})

test.each<[string, string, string[]]>([
  ['index at the end', 'late.mp4', [...both, ...x264, ...aac]],
  ['no sound', 'silent.mp4', [...picture, ...x264]],
  ['matroska', 'a.mkv', [...both, ...x264, ...aac]],
  ['quicktime', 'a.mov', [...both, ...x264, ...aac, ...fast]],
  ['a transport stream', 'a.ts', [...both, ...x264, ...aac]],
  ['fragments', 'frag.mp4', [...both, ...x264, ...aac, '-movflags', '+frag_keyframe+empty_moov']],
  ['opus in mp4', 'opus.mp4', [...both, ...x264, '-c:a', 'libopus', ...fast]],
  ['two sound tracks', 'two.mp4', [...both, '-map', '0', '-map', '1', '-map', '1', ...x264, ...aac, ...fast]],
])('copied: %s', async (_, name, args) => {
  const made = await bench.run(await bench.clip(name, args))
  expect(made.file.treatment).toBe('remux')
  await expectPlayable(made, [128, 72])
})

test.each<[string, string, string[], [number, number]]>([
  [
    'VP9 and opus',
    'a.webm',
    [...both, '-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-c:a', 'libopus'],
    [128, 72],
  ],
  ['10 bit', 'ten.mp4', [...both, ...x264, '-pix_fmt', 'yuv420p10le', ...aac], [128, 72]],
  [
    'odd, 4:4:4',
    'odd.mp4',
    [...both, ...x264, '-vf', 'scale=127:71', '-pix_fmt', 'yuv444p', ...aac],
    [126, 70],
  ],
  ['wide pixels', 'wide.mp4', [...both, ...x264, '-vf', 'setsar=3/2', ...aac, ...fast], [192, 72]],
  ['mpeg-4 in avi', 'a.avi', [...both, '-c:v', 'mpeg4', '-c:a', 'libmp3lame'], [128, 72]],
  [
    'HDR, 10 bit',
    'hdr.mp4',
    [
      ...[
        ...both,
        ...x264,
        '-pix_fmt',
        'yuv420p10le',
        '-color_primaries',
        'bt2020',
        '-color_trc',
        'smpte2084',
      ],
      ...['-colorspace', 'bt2020nc', ...aac],
    ],
    [128, 72],
  ],
])('encoded: %s', async (_, name, args, size) => {
  const made = await bench.run(await bench.clip(name, args))
  expect(made.file.treatment).toBe('encode')
  await expectPlayable(made, size)
  expect(made.progress.at(-1)?.percent).toBeGreaterThan(50)
})

test.skipIf(!encoders.includes('libx265'))('encoded: HEVC', async () => {
  const x265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error:pools=1']
  const made = await bench.run(await bench.clip('hevc.mp4', [...both, ...x265, '-tag:v', 'hvc1', ...aac]))
  expect(made.file.treatment).toBe('encode')
  await expectPlayable(made, [128, 72])
})

test('a turned video is really turned', async () => {
  const halves = ['-f', 'lavfi', '-i', 'color=red:s=128x36:r=10:d=1,pad=128:72:0:0:blue']
  await bench.clip('flat.mp4', [...halves, ...x264])
  const turned = await bench.clip('turned.mp4', '-i flat.mp4 -c copy -metadata:s:v rotate=90'.split(' '))
  // The red of the leftmost and of the rightmost pixel, as a player that turns would show them.
  const redsOf = async (path: string) => (await coloursOf(path, '8x2')).slice(0, 8).map(([red = 0]) => red)
  const before = await redsOf(turned)
  const made = await bench.run(turned)
  await expectPlayable(made, [72, 128])
  const after = await redsOf(made.path)
  expect(Math.abs((after[0] ?? 0) - (after[7] ?? 0))).toBeGreaterThan(150)
  expect((after[0] ?? 0) > (after[7] ?? 0)).toBe((before[0] ?? 0) > (before[7] ?? 0))
})

test('never above the chosen height', async () => {
  const vp9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8']
  const made = await bench.run(await bench.clip('high.webm', [...both, ...vp9, '-c:a', 'libopus']), {
    format: 'v36',
  })
  await expectPlayable(made, [64, 36])
})

test('a copy that does not play is encoded', async () => {
  // An ffmpeg that cannot copy.
  const broken = await bench.script(
    'cannot-copy',
    'case "$*" in *"-c:v copy"*) echo "Could not write header" >&2; exit 1;; esac; exec ffmpeg "$@"',
  )
  const made = await bench.run(await bench.clip('again.mkv', [...both, ...x264, ...aac]), {
    deps: { tools: { FFMPEG_PATH: broken, FFPROBE_PATH: 'ffprobe' } },
  })
  expect(made.file.treatment).toBe('encode')
  await expectPlayable(made, [128, 72])
})

test('a video without a thumbnail is better than none', async () => {
  const blind = await bench.script('cannot-draw', 'case "$*" in *mjpeg*) exit 1;; esac; exec ffmpeg "$@"')
  const made = await bench.run(await bench.clip('blind.mp4', [...both, ...x264, ...aac]), {
    deps: { tools: { FFMPEG_PATH: blind, FFPROBE_PATH: 'ffprobe' } },
  })
  expect(made.thumbnail).toBeNull()
  expect(made.file.treatment).toBe('remux')
})
