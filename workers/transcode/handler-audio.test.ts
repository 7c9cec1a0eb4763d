import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bench, createBench, PICTURE, SOUND } from './testing/bench.ts'
import { inspectFile } from './testing/inspect-file.ts'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

const sound = ['-f', 'lavfi', '-i', SOUND]
const people = { title: 'Night train', uploader: 'The Breakwaters' }
const drawn = (name: string, size: string) =>
  bench.clip(name, ['-f', 'lavfi', '-i', `testsrc2=s=${size}`, '-frames:v', '1'])
const m4a = (name: string) => bench.clip(name, [...sound, '-c:a', 'aac', '-movflags', '+faststart'])

test.each<[string, string, 'm4a' | 'mp3', string, string]>([
  ['song.m4a', 'aac', 'm4a', 'remux', 'audio/mp4'],
  ['song.opus', 'libopus', 'm4a', 'encode', 'audio/mp4'],
  ['song.mp3', 'libmp3lame', 'mp3', 'remux', 'audio/mpeg'],
  ['song2.m4a', 'aac', 'mp3', 'encode', 'audio/mpeg'],
])('%s (%s) as %s: %s, with tags and cover', async (name, encoder, codec, treatment, mimeType) => {
  const source = await bench.clip(name, [...sound, '-c:a', encoder])
  const cover = await drawn(`${name}.png`, '600x400')
  const made = await bench.run(source, { ...people, format: `a-${codec}`, cover })
  const result = await inspectFile(made.path)
  expect(result.audio?.codec_name).toBe(codec === 'm4a' ? 'aac' : 'mp3')
  expect(result.cover).toMatchObject({ codec_name: 'mjpeg', width: 600, height: 400 })
  expect(result.format.tags).toMatchObject({ title: 'Night train', artist: 'The Breakwaters' })
  if (codec === 'm4a') expect(result.indexFirst).toBe(true)
  expect(made.file).toMatchObject({
    ...{ kind: 'audio', extension: codec, mimeType, treatment, width: null, height: null },
    ...{ title: 'Night train', performer: 'The Breakwaters' },
  })
  expect(made.file.durationS).toBeCloseTo(1, 0)
  const thumbnail = await inspectFile(made.picture ?? '')
  expect(thumbnail.streams[0]).toMatchObject({ codec_name: 'mjpeg', width: 320, height: 213 })
  expect(await bench.leftovers()).toEqual([])
})

test('a song out of a video', async () => {
  const source = await bench.clip('film.mp4', ['-f', 'lavfi', '-i', PICTURE, ...sound, '-c:a', 'aac'])
  const made = await bench.run(source, { format: 'a-m4a' })
  expect(made.file).toMatchObject({ kind: 'audio', treatment: 'remux' })
  expect((await inspectFile(made.path)).streams).toHaveLength(1)
  expect(made.thumbnail).toBeNull()
})

test('a song with all that it needs is handed over', async () => {
  const first = await bench.run(await m4a('once.m4a'), { ...people, format: 'a-m4a' })
  const again = await bench.run(first.path, { ...people, format: 'a-m4a' })
  expect([again.file.treatment, again.artifact]).toEqual(['as_is', again.input])
})

test('the cover in the file counts when the site offers none', async () => {
  await drawn('inside.png', '64x64')
  await m4a('bare.m4a')
  const source = await bench.clip(
    'covered.m4a',
    '-i bare.m4a -i inside.png -map 0 -map 1 -c copy -disposition:v attached_pic'.split(' '),
  )
  const made = await bench.run(source, { ...people, format: 'a-mp3' })
  expect((await inspectFile(made.path)).cover).toMatchObject({ codec_name: 'mjpeg', width: 64 })
  expect(made.thumbnail).not.toBeNull()
})

test.each<[string, string | Buffer]>([
  ['no picture', 'this is no picture'],
  ['a playlist', '#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n'],
  ['half a picture', Buffer.from('ffd8ffe000104a46494600010100', 'hex')],
])('a bad cover is left out: %s', async (name, content) => {
  const cover = bench.path(`${name}.jpg`)
  await writeFile(cover, content)
  const made = await bench.run(await m4a(`${name}.m4a`), { ...people, format: 'a-m4a', cover })
  expect((await inspectFile(made.path)).streams).toHaveLength(1)
  expect(made.thumbnail).toBeNull()
})

test('a hostile title is shown and written as plain text, and nothing else', async () => {
  const title = '\u202EgpJ.exe\n-y [0:v]movie=/etc/passwd \u0007Night train'
  const made = await bench.run(await m4a('hostile.m4a'), { title, uploader: '\u200B', format: 'a-mp3' })
  const plain = 'gpJ.exe -y [0:v]movie=/etc/passwd Night train'
  expect(made.file).toMatchObject({ title: plain, performer: null })
  expect((await inspectFile(made.path)).format.tags.title).toBe(plain)
})

test('a link that turned out to be a song is sent as one', async () => {
  const made = await bench.run(await m4a('surprise.m4a'), { ...people, format: 'vbest' })
  expect(made.file).toMatchObject({ kind: 'audio', extension: 'm4a', mimeType: 'audio/mp4' })
})
