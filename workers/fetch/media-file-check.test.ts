import { copyFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, expect, test } from 'vitest'
import { testDir } from '../../src/playground/testing/services.ts'
import { findTools } from '../../src/playground/tools.ts'
import { checkMediaFile, coverExtension } from './media-file-check.ts'

const SOUND = ['-f', 'lavfi', '-i', 'sine=duration=1']
const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=size=64x64:rate=5:duration=1']
const BOTH = [...PICTURE, ...SOUND]
/** Every container that transcode takes, made by the real thing. */
const MADE: Record<string, string[]> = {
  mp4: [...BOTH, '-c:v', 'mpeg4'],
  mov: [...BOTH, '-c:v', 'mpeg4'],
  m4v: [...PICTURE, '-c:v', 'mpeg4', '-f', 'ipod'],
  '3gp': [...PICTURE, '-c:v', 'mpeg4'],
  webm: [...BOTH, '-c:v', 'vp8'],
  mkv: [...BOTH, '-c:v', 'mpeg4'],
  mka: [...SOUND, '-f', 'matroska'],
  flv: [...BOTH, '-ar', '44100'],
  avi: BOTH,
  ts: BOTH,
  m4a: SOUND,
  mp3: SOUND,
  ogg: [...SOUND, '-c:a', 'flac'],
  opus: SOUND,
  flac: SOUND,
  wav: SOUND,
  aac: SOUND,
}
const MAX = 10 * 1024 * 1024

let dir: string
const at = (name: string) => join(dir, name)
beforeAll(async () => {
  dir = await testDir()
  const outputs = Object.entries(MADE).map(([extension, args]) => [...args, at(`media.${extension}`)])
  for (const args of outputs) await execa(findTools().ffmpegPath, ['-v', 'error', ...args])
})

test.each(Object.keys(MADE))('%s is media', async (extension) => {
  expect(await checkMediaFile(at(`media.${extension}`), MAX)).toEqual({
    extension,
    sizeBytes: expect.any(Number),
  })
})

test.each([
  ['a page', '<html><body>Sign in</body></html>'],
  ['a playlist in disguise', '#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n'],
  ['a program', '\u007fELF\u0002\u0001\u0001'],
  ['nothing', ''],
])('%s that is called mp4 is not', async (_, content) => {
  await writeFile(at('fake.mp4'), content)
  await expect(checkMediaFile(at('fake.mp4'), MAX)).rejects.toMatchObject({ code: 'not_media' })
})

test.each(['desktop', 'html', 'jpg', 'exe', 'm3u8'])('media that is called %s is not', async (extension) => {
  await copyFile(at('media.mp4'), at(`other.${extension}`))
  await expect(checkMediaFile(at(`other.${extension}`), MAX)).rejects.toMatchObject({ code: 'not_media' })
})

test('a link to media is not', async () => {
  await symlink(at('media.mp4'), at('link.mp4'))
  await expect(checkMediaFile(at('link.mp4'), MAX)).rejects.toMatchObject({ code: 'not_media' })
})

test('too large', async () => {
  await expect(checkMediaFile(at('media.mp4'), 100)).rejects.toMatchObject({ code: 'too_large' })
})

test('a cover is a picture, whatever it is called', async () => {
  await execa(findTools().ffmpegPath, ['-v', 'error', ...PICTURE, '-frames:v', '1', at('cover.png')])
  await copyFile(at('cover.png'), at('cover.jpg'))
  expect(await coverExtension(at('cover.jpg'))).toBe('png')
  expect(await coverExtension(at('media.mp4'))).toBe(null)
})
