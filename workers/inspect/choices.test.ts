import { expect, test } from 'vitest'
import type { ExtractedFormat } from '../extractor/extracted-info.ts'
import { choicesOf } from './choices.ts'

const avc = (height: number, more: Partial<ExtractedFormat> = {}): ExtractedFormat => ({
  ...{ ext: 'mp4', vcodec: 'avc1.4d401f', acodec: 'none', height, ...more },
})
const vp9 = (height: number, more: Partial<ExtractedFormat> = {}) =>
  avc(height, { ext: 'webm', vcodec: 'vp9', ...more })
const aac: ExtractedFormat = { ext: 'm4a', vcodec: 'none', acodec: 'mp4a.40.2', filesize: 100 }
const opus: ExtractedFormat = { ext: 'webm', vcodec: 'none', acodec: 'opus', filesize: 70 }
const storyboard: ExtractedFormat = { ext: 'mhtml', vcodec: 'none', acodec: 'none', height: 45 }

const choices = (formats: ExtractedFormat[], duration: number | null = null) =>
  choicesOf({ formats, duration })
const ids = (formats: ExtractedFormat[]) => choices(formats).map(({ format }) => format)

test('heights downwards, each once, then audio', () => {
  const formats = [storyboard, aac, avc(360), avc(1080), vp9(360), avc(720), vp9(1080)]
  expect(ids(formats)).toEqual(['v1080', 'v720', 'v360', 'a-m4a', 'a-mp3'])
})

test('at most six heights, the largest', () => {
  const formats = [144, 240, 360, 480, 720, 1080, 1440, 2160].map((height) => avc(height))
  expect(ids(formats)).toEqual(['v2160', 'v1440', 'v1080', 'v720', 'v480', 'v360'])
})

test('a height that is odd keeps its name, one that no format id can say is left out', () => {
  expect(ids([avc(479), avc(5), avc(360.5), avc(100_000)])).toEqual(['v479'])
})

test('of a height: AVC before what the site thinks better, with its own kind of audio', () => {
  const formats = [aac, opus, avc(720, { filesize: 1000 }), vp9(720, { filesize: 800 })]
  expect(choices(formats)[0]).toEqual({ format: 'v720', codec: 'avc1.4d401f', sizeBytes: 1100 })
  expect(choices([aac, opus, vp9(720, { filesize: 800 })])[0]).toMatchObject({ codec: 'vp9', sizeBytes: 870 })
})

test('a size is told, approximated, or made of rate and time; half a size is none', () => {
  const size = (video: Partial<ExtractedFormat>, duration: number | null = null) =>
    choices([avc(720, { acodec: 'mp4a.40.2', ...video })], duration)[0]?.sizeBytes
  expect(size({ filesize: 10, filesize_approx: 20 })).toBe(10)
  expect(size({ filesize_approx: 20.4 })).toBe(20)
  expect(size({ tbr: 800 }, 10)).toBe(1_000_000)
  expect(size({ tbr: 800 })).toBe(null)
  expect(choices([{ ...aac, filesize: null }, avc(720, { filesize: 10 })])[0]?.sizeBytes).toBe(null)
})

test('nobody knows any height', () => {
  const file: ExtractedFormat = { ext: 'mp4', vcodec: null, acodec: null }
  expect(choices([file])).toEqual([
    { format: 'vbest', codec: null, sizeBytes: null },
    { format: 'a-m4a', codec: null, sizeBytes: null },
    { format: 'a-mp3', codec: null, sizeBytes: null },
  ])
})

test('a video without sound has no audio to choose', () => {
  expect(ids([avc(720)])).toEqual(['v720'])
})

test.each([
  [aac, 'mp4a.40.2'],
  [{ ext: 'mp3', vcodec: 'none', acodec: 'mp3' }, 'mp3'],
  [{ ext: 'm4a', vcodec: null, acodec: null }, null],
])('audio only: %j', (format: ExtractedFormat, codec) => {
  expect(choices([format]).map((choice) => [choice.format, choice.codec])).toEqual([
    ['a-m4a', codec],
    ['a-mp3', codec],
  ])
})

test.each([[[]], [[storyboard]]])('no media: %j', (formats) => expect(choices(formats)).toEqual([]))
