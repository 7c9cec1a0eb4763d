import { expect, test } from 'vitest'
import { checkEncode, checkFile } from './budget.ts'
import { capOptions, checkResult } from './check-result.ts'
import type { FileFacts } from './file-facts.ts'
import { planTranscode } from './plan.ts'
import { file, mp4, song, video } from './testing/facts.ts'

const limits = { maxFileBytes: 2_000_000, maxDurationS: 600, transcodeBudgetPixels: 1280 * 720 * 1000 }

test.each<[string, FileFacts]>([
  ['a video', file],
  ['a song', song],
  ['eight streams', { ...file, streams: 8 }],
  ['just as long as allowed', { ...file, durationS: 600 }],
  ['nobody knows how long', { ...file, durationS: null }],
  ['8192 pixels', { ...file, video: { ...video, width: 8192, height: 8192 } }],
  ['one picture with sound', { ...file, video: { ...video, frames: 1 } }],
])('goes on: %s', (_, facts) => {
  expect(() => checkFile(facts, limits)).not.toThrow()
})

test.each<[string, FileFacts, string]>([
  ['a playlist', { ...file, containers: ['hls'] }, 'not_media'],
  ['a picture', { ...file, containers: ['png_pipe'] }, 'not_media'],
  ['no streams', { ...file, video: null, audio: null }, 'not_media'],
  ['one silent picture', { ...file, audio: null, video: { ...video, frames: 1 } }, 'not_media'],
  ['half a file', { ...file, mp4: { ...mp4, truncated: true } }, 'not_media'],
  ['nine streams', { ...file, streams: 9 }, 'over_budget'],
  ['8193 pixels', { ...file, video: { ...video, height: 8193 } }, 'over_budget'],
  ['too long', { ...file, durationS: 601 }, 'too_long'],
  ['10^9 seconds', { ...song, durationS: 1e9 }, 'too_long'],
])('refused: %s', (_, facts, code) => {
  expect(() => checkFile(facts, limits)).toThrow(code)
})

test('the budget counts pixels times pictures', () => {
  expect(() => checkEncode({ ...video, frames: 1000 }, limits)).not.toThrow()
  expect(() => checkEncode({ ...video, frames: 1001 }, limits)).toThrow('over_budget')
})

const source = { ...file, video: { ...video, codec: 'vp9' } }
const plan = planTranscode(source, { kind: 'video', height: 720 }, { canToneMap: false })
const check = (result: Partial<FileFacts>) =>
  checkResult(source, plan, { ...file, ...result }, { kind: 'video', height: 720 }, limits)

test('a result that plays is fine', () => {
  expect(() => check({})).not.toThrow()
})

test.each<[string, Partial<FileFacts>, string]>([
  ['ffmpeg stopped at the cap', { sizeBytes: 2_000_000 }, 'too_large'],
  ['longer than the source said', { durationS: 620 }, 'too_long'],
  ['more pictures than the source said', { video: { ...video, frames: 1001 } }, 'over_budget'],
  ['the source ended early', { durationS: 4 }, 'not_media'],
  ['the pictures are gone', { video: null }, 'transcode_failed'],
  ['still not what plays', { mp4: { ...mp4, moovFirst: false } }, 'transcode_failed'],
])('refused afterwards: %s', (_, result, code) => {
  expect(() => check(result)).toThrow(code)
})

test('what a source says about itself is not trusted: ffmpeg stops by itself', () => {
  expect(capOptions(source, plan, limits)).toEqual('-t 630 -fs 2000000 -frames:v 1001'.split(' '))
})
