import { expect, test } from 'vitest'
import { ffmpegFailure } from './ffmpeg-failure.ts'

test.each<[number | null, string, string | undefined]>([
  [0, '', undefined],
  [0, '[h264 @ 0x1] error while decoding MB 1 2', undefined],
  [0, 'Error writing trailer of ready.mp4: No space left on device', 'disk_full'],
  [0, 'Error writing trailer of ready.mp4: Input/output error', 'transcode_failed'],
  [1, 'av_interleaved_write_frame(): No space left on device', 'disk_full'],
  [1, 'Invalid data found when processing input\nNo space left on device', 'disk_full'],
  [1, 'x.mp4: Invalid data found when processing input', 'not_media'],
  [1, 'moov atom not found', 'not_media'],
  [1, 'Conversion failed!', 'transcode_failed'],
  [139, '', 'transcode_failed'],
  [null, '', 'transcode_failed'],
  [127, 'ffmpeg: not found', 'internal'],
])('exit %s, "%s": %s', (exitCode, said, code) => {
  expect(ffmpegFailure(exitCode, [said])?.code).toBe(code)
})

test('what ffmpeg said is kept, without links and tokens', () => {
  const failure = ffmpegFailure(1, [
    'one',
    'two https://example.org/secret 123456:abcdefghijklmnopqrstuvwxyz',
  ])
  expect(failure?.cause).toMatchObject({ message: 'one\ntwo [link] [token]' })
})
