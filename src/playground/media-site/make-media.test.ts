import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lockFile } from './file-lock.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'media-'))
})
afterAll(() => rm(dir, { recursive: true }))

const moduleUrl = (name: string) => JSON.stringify(new URL(name, import.meta.url))
const maker = () =>
  execa(process.execPath, [
    '--input-type=module',
    '-e',
    `import { makeMedia } from ${moduleUrl('make-media.ts')}; console.log(await makeMedia(${JSON.stringify(dir)}, console.log))`,
  ])

test('of processes that start at once one makes the media, and all get the same whole folder', {
  timeout: 180_000,
}, async () => {
  const outputs = (await Promise.all([maker(), maker()])).map(({ stdout }) => stdout.split('\n'))
  expect(outputs.flat().filter((line) => line === 'making the sample media')).toHaveLength(1)
  const folders = new Set(outputs.map((lines) => lines.at(-1)))
  expect(folders.size).toBe(1)
  const [folder = ''] = folders
  expect(await readdir(folder)).toEqual(expect.arrayContaining(['ready.mp4', 'song.m4a', 'hls', 'dash']))
  // Nothing of the making is left beside it.
  expect((await readdir(dir)).sort()).toEqual(['lock', folder.slice(dir.length + 1)])
})

test('a lock is exclusive, and is free again when its owner is killed', async () => {
  const path = join(dir, 'other-lock')
  const owner = execa(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { lockFile } from ${moduleUrl('file-lock.ts')}; await lockFile(${JSON.stringify(path)}); console.log('mine'); setInterval(() => {}, 1000)`,
    ],
    { reject: false },
  )
  await once(owner.stdout, 'data')
  const busy = await execa('flock', ['--nonblock', path, 'true'], { reject: false })
  expect(busy.exitCode).toBe(1)
  owner.kill('SIGKILL')
  const release = await lockFile(path)
  await release()
})
