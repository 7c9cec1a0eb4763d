import { expect, test } from 'vitest'
import type { FileFacts, VideoFacts } from './file-facts.ts'
import { planTranscode } from './plan.ts'
import { audio, file, mp4, video } from './testing/facts.ts'

const withVideo = (changes: Partial<VideoFacts>): FileFacts => ({ ...file, video: { ...video, ...changes } })
const matroska = { containers: ['matroska', 'webm'], mp4: null }
const sound = (codec: string, profile: string | null = null) => ({
  ...file,
  audio: { ...audio, codec, profile },
})
const plan = (facts: FileFacts, height: number | null = 720) =>
  planTranscode(facts, { kind: 'video', height }, { canToneMap: true })

test.each<[string, FileFacts]>([
  ['what plays everywhere', file],
  ['no sound', { ...file, streams: 1, audio: null }],
  ['main profile', withVideo({ profile: 'Main' })],
  ['constrained baseline', withVideo({ profile: 'Constrained Baseline' })],
  ['level 5.2', withVideo({ level: 52 })],
  ['full range', withVideo({ pixelFormat: 'yuvj420p' })],
  ['HE-AAC', sound('aac', 'HE-AAC')],
  ['nearly square pixels', withVideo({ pixelAspect: 1280 / 1281 })],
  ['higher than chosen', withVideo({ width: 1920, height: 1080, seenWidth: 1920, seenHeight: 1080 })],
])('as it is: %s', (_, facts) => {
  expect(plan(facts)).toMatchObject({
    treatment: 'as_is',
    options: [],
    encodesVideo: false,
    extension: 'mp4',
  })
})

const copied = [
  '-map 0:0',
  '-c:v copy -tag:v avc1',
  '-movflags +faststart -f mp4',
  '-sn -dn -map_metadata -1',
]
const encodedSound = '-c:a aac -b:a 128k -ac 2'
test.each<[string, FileFacts, string[]]>([
  ['index at the end', { ...file, mp4: { ...mp4, moovFirst: false } }, ['-map 0:1', '-c:a copy']],
  ['fragmented', { ...file, mp4: { ...mp4, fragmented: true } }, ['-c:a copy']],
  ['quicktime', { ...file, mp4: { ...mp4, brand: 'qt  ' } }, ['-c:a copy']],
  ['an mp4 without a brand', { ...file, mp4: { ...mp4, brand: null } }, ['-c:a copy']],
  ['h264 in matroska', { ...file, ...matroska }, ['-c:a copy']],
  ['h264 in a transport stream', { ...file, containers: ['mpegts'], mp4: null }, ['-c:a copy']],
  ['a second sound track', { ...file, streams: 3 }, ['-map 0:0 -map 0:1 -sn']],
  ['opus in mp4', sound('opus'), [encodedSound]],
  ['mp3 in mp4', sound('mp3'), [encodedSound]],
  ['AAC of a strange profile', sound('aac', 'Main'), [encodedSound]],
  [
    'sound beyond 48 kHz',
    { ...file, audio: { ...audio, codec: 'flac', sampleRateHz: 96_000 } },
    [`${encodedSound} -ar 48000`],
  ],
  ['subtitles and no sound', { ...file, audio: null, streams: 2 }, ['-map 0:0 -sn']],
])('the pictures are copied: %s', (_, facts, parts) => {
  const { treatment, encodesVideo, options } = plan(facts)
  expect([treatment, encodesVideo]).toEqual(['remux', false])
  for (const part of [...copied, ...parts]) expect(options.join(' ')).toContain(part)
  expect(options.join(' ')).not.toContain('libx264')
})

test.each<[string, FileFacts, string]>([
  ['VP9', { ...withVideo({ codec: 'vp9', profile: 'Profile 0', level: -99 }), ...matroska }, '1280:720'],
  ['AV1', withVideo({ codec: 'av1', profile: 'Main', level: 8 }), '1280:720'],
  ['HEVC', withVideo({ codec: 'hevc', profile: 'Main', level: 93 }), '1280:720'],
  ['MPEG-4 part 2', withVideo({ codec: 'mpeg4', profile: 'Simple Profile' }), '1280:720'],
  ['10 bit', withVideo({ profile: 'High 10', pixelFormat: 'yuv420p10le' }), '1280:720'],
  ['4:4:4', withVideo({ profile: 'High 4:4:4 Predictive', pixelFormat: 'yuv444p' }), '1280:720'],
  ['level 6', withVideo({ level: 60 }), '1280:720'],
  ['no level', withVideo({ level: -99 }), '1280:720'],
  ['turned', withVideo({ rotation: 90, seenWidth: 720, seenHeight: 1280 }), '720:1280'],
  ['upside down', withVideo({ rotation: 180 }), '1280:720'],
  ['odd', withVideo({ width: 853, height: 479, seenWidth: 853, seenHeight: 479 }), '852:478'],
  ['wide pixels', withVideo({ width: 720, height: 576, pixelAspect: 1.5, seenWidth: 1080 }), '1080:720'],
  ['a pixel', withVideo({ width: 1, height: 1, seenWidth: 1, seenHeight: 1 }), '2:2'],
  [
    'higher than chosen',
    withVideo({ codec: 'vp9', width: 2560, height: 1440, seenWidth: 2560, seenHeight: 1440 }),
    '1280:720',
  ],
  [
    'turned and higher than chosen',
    withVideo({ rotation: 270, width: 1920, height: 1080, seenWidth: 1080, seenHeight: 1920 }),
    '720:1280',
  ],
  [
    'lower than chosen',
    withVideo({ codec: 'vp9', height: 360, width: 640, seenWidth: 640, seenHeight: 360 }),
    '640:360',
  ],
])('the pictures are encoded: %s', (_, facts, size) => {
  const { treatment, encodesVideo, options } = plan(facts)
  expect([treatment, encodesVideo]).toEqual(['encode', true])
  const line = options.join(' ')
  expect(line).toContain('-c:v libx264 -preset veryfast -crf 23 -profile:v high -pix_fmt yuv420p -threads 2')
  expect(line).toContain(`-vf scale=${size},format=yuv420p,setsar=1`)
  expect(line).toContain('-c:a copy')
  expect(line).toContain('-movflags +faststart -f mp4')
})

const filtersOf = (facts: FileFacts, canToneMap: boolean) => {
  const { options } = planTranscode(facts, { kind: 'video', height: 720 }, { canToneMap })
  return options[options.indexOf('-vf') + 1] ?? ''
}

test('HDR is brought down, where ffmpeg can', () => {
  expect(filtersOf(withVideo({ hdr: 'pq' }), true)).toContain('zscale=tin=smpte2084')
  expect(filtersOf(withVideo({ hdr: 'hlg' }), true)).toContain('zscale=tin=arib-std-b67')
  expect(filtersOf(withVideo({ hdr: 'pq' }), false)).toBe('scale=1280:720,format=yuv420p,setsar=1')
})

test('more than 60 pictures a second are not asked of a phone', () => {
  expect(filtersOf(withVideo({ codec: 'vp9', frameRate: 120 }), true)).toMatch(/^fps=60,/)
})

test.each<[number, number, number | null, string]>([
  [3840, 2160, null, '1920:1080'],
  [2160, 3840, null, '1080:1920'],
  [7680, 4320, 4320, '3840:2160'],
  [8192, 2, 4320, '3840:2'],
])('%ix%i, chosen %s: encoded as %s', (width, height, chosen, size) => {
  const facts = withVideo({ codec: 'av1', width, height, seenWidth: width, seenHeight: height })
  expect(plan(facts, chosen).options.join(' ')).toContain(`scale=${size},`)
})

test('after a copy that does not play, all is encoded', () => {
  const facts = { ...file, ...matroska }
  const forced = planTranscode(facts, { kind: 'video', height: 720 }, { canToneMap: true, copyFailed: true })
  expect(forced).toMatchObject({ treatment: 'encode', encodesVideo: true })
  expect(forced.options).not.toContain('copy')
})
