import { expect, test } from 'vitest'
import type { FileFacts } from './file-facts.ts'
import { planTranscode } from './plan.ts'
import { audio, file, mp3, mp4, song, video } from './testing/facts.ts'
import type { PlanSettings } from './transcode-plan.ts'

const plan = (facts: FileFacts, codec: 'm4a' | 'mp3', settings: Partial<PlanSettings> = {}) =>
  planTranscode(facts, { kind: 'audio', codec }, { canToneMap: false, ...settings })

const tags = { title: 'Night train', artist: 'The Breakwaters' }
const cover = { hasCover: true }

test.each<[string, FileFacts, 'm4a' | 'mp3', Partial<PlanSettings>]>([
  ['m4a', song, 'm4a', {}],
  ['mp3', mp3, 'mp3', {}],
  ['the tags are there', { ...song, ...tags }, 'm4a', { tags }],
  ['nobody knows the artist', { ...song, ...tags }, 'm4a', { tags: { ...tags, artist: null } }],
  ['the cover is there', { ...song, streams: 2, coverIndex: 1 }, 'm4a', cover],
])('as it is: %s', (_, facts, codec, settings) => {
  expect(plan(facts, codec, settings)).toMatchObject({ treatment: 'as_is', kind: 'audio', extension: codec })
})

test.each<[string, FileFacts, 'm4a' | 'mp3', Partial<PlanSettings>, string[]]>([
  ['out of a video', file, 'm4a', {}, ['-map 0:1 -sn -dn', '-c:a copy', '-movflags +faststart -f ipod']],
  ['index at the end', { ...song, mp4: { ...mp4, moovFirst: false } }, 'm4a', {}, ['-c:a copy']],
  ['AAC without a container', { ...song, containers: ['aac'], mp4: null }, 'm4a', {}, ['-c:a copy']],
  [
    'tags are missing',
    song,
    'm4a',
    { tags },
    ['-metadata title=Night train -metadata artist=The Breakwaters'],
  ],
  [
    'mp3 in matroska',
    { ...mp3, containers: ['matroska'] },
    'mp3',
    {},
    ['-c:a copy', '-id3v2_version 3 -f mp3'],
  ],
  ['a cover', song, 'm4a', cover, ['-map 1:v:0 -c:v copy -disposition:v:0 attached_pic']],
  ['a cover, mp3', mp3, 'mp3', cover, ['-map 1:v:0 -c:v copy -disposition:v:0 attached_pic', '-f mp3']],
])('copied: %s', (_, facts, codec, settings, parts) => {
  const made = plan(facts, codec, settings)
  expect(made).toMatchObject({
    treatment: 'remux',
    usesCover: settings.hasCover ?? false,
    encodesVideo: false,
  })
  for (const part of parts) expect(made.options.join(' ')).toContain(part)
})

test.each<[string, FileFacts, 'm4a' | 'mp3', string]>([
  ['opus to m4a', { ...song, audio: { ...audio, codec: 'opus' } }, 'm4a', '-c:a aac -b:a 128k -ac 2'],
  ['mp3 to m4a', mp3, 'm4a', '-c:a aac -b:a 128k -ac 2'],
  ['m4a to mp3', song, 'mp3', '-c:a libmp3lame -b:a 192k -ac 2'],
])('encoded: %s', (_, facts, codec, part) => {
  const made = plan(facts, codec)
  expect(made).toMatchObject({ treatment: 'encode', encodesVideo: false })
  expect(made.options.join(' ')).toContain(part)
})

test('a link without pictures is sent as a song, in the codec that it has', () => {
  const made = (facts: FileFacts) =>
    planTranscode(facts, { kind: 'video', height: null }, { canToneMap: false })
  expect(made(song)).toMatchObject({ kind: 'audio', extension: 'm4a' })
  expect(made(mp3)).toMatchObject({ kind: 'audio', extension: 'mp3' })
})

test('a title is one argument, whatever it says', () => {
  const title = '-y [0:v] movie=/etc/passwd'
  expect(plan(song, 'm4a', { tags: { title, artist: null } }).options).toContain(`title=${title}`)
})

test('no sound is no song', () => {
  expect(() => plan({ ...file, audio: null, video }, 'mp3')).toThrow('no_sound')
})
