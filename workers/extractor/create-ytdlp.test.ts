import { readdirSync } from 'node:fs'
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { pino } from 'pino'
import { beforeEach, expect, test, vi } from 'vitest'
import { testDir } from '../../src/playground/testing/services.ts'
import { findTools } from '../../src/playground/tools.ts'
import { createExtractor } from './create-extractor.ts'
import { createYtdlp, type Ytdlp } from './create-ytdlp.ts'

const { ytdlpPath, ffmpegPath } = findTools()
const NEVER = Number.POSITIVE_INFINITY
const said: string[] = []
const log = pino({ level: 'info' }, { write: (line: string) => void said.push(line) })

let dir: string
beforeEach(async () => {
  dir = await testDir()
  said.length = 0
})

const endOf = (ytdlp: Ytdlp) =>
  ytdlp.run({
    ...{ flags: {}, operands: [], dir, signal: new AbortController().signal, onOutput: () => undefined },
    limits: { deadlineMs: NEVER, noProgressMs: NEVER, maxBytes: 1e9 },
  })

test('a tool that is replaced is noticed at the next run', async () => {
  const home = join(dir, 'tool')
  await mkdir(home)
  await cp(dirname(ytdlpPath), home, { recursive: true })
  const path = join(home, 'yt-dlp')
  const own = createYtdlp({ ytdlpPath: path, resident: { rehearsals: () => [], log } })
  expect(await own.warmUp()).toBe(true)
  const before = await own.version()
  await writeFile(join(home, 'new'), '#!/bin/sh\necho 2099.01.01\n', { mode: 0o755 })
  await rename(join(home, 'new'), path)
  expect(await own.version()).toBe('2099.01.01')
  expect(await own.warmUp()).toBe(false)
  expect(await endOf(own)).toEqual({ exitCode: 0, stderr: '' })
  expect(before).not.toBe('2099.01.01')
  own.close()
  await rm(home, { recursive: true })
})

/** A program that looks like yt-dlp from outside: it says one version, and its modules say another one. */
async function pretender(said: string, imported: string): Promise<string> {
  const home = join(dir, 'pretender')
  const parts = {
    '__main__.py': "import yt_dlp\nif __name__ == '__main__':\n    yt_dlp.main()\n",
    'yt_dlp/__init__.py': `from . import utils, version\ndef main(): print('${said}')\n`,
    'yt_dlp/utils.py': '',
    'yt_dlp/version.py': `__version__ = '${imported}'\n`,
    'yt_dlp/extractor.py': 'def gen_extractor_classes(): return []\n',
  }
  await mkdir(join(home, 'yt_dlp'), { recursive: true })
  for (const [name, text] of Object.entries(parts)) await writeFile(join(home, name), text)
  const path = join(dir, 'yt-dlp')
  await execa('python3', ['-m', 'zipapp', home, '-p', '/usr/bin/env python3', '-o', path])
  return path
}

test('an archive, as yt-dlp is released, is kept imported', async () => {
  const path = await pretender('2099.01.01', '2099.01.01')
  const kept = createYtdlp({ ytdlpPath: path, resident: { rehearsals: () => [['--version']], log } })
  expect(await kept.warmUp()).toBe(true)
  expect(await endOf(kept)).toEqual({ exitCode: 0, stderr: '' })
  kept.close()
})

test('neither a warm yt-dlp nor one that is killed on its way leaves the folder of its rehearsals', async () => {
  const path = await pretender('2099.01.01', '2099.01.01')
  vi.stubEnv('TMPDIR', await testDir())
  const resident = { rehearsals: () => [['--version']], log }
  const warm = createYtdlp({ ytdlpPath: path, resident })
  expect(await warm.warmUp()).toBe(true)
  expect(readdirSync(tmpdir())).toEqual([])
  warm.close()

  const slow = createYtdlp({ ytdlpPath: path, resident })
  const warmed = slow.warmUp()
  await vi.waitFor(() => expect(readdirSync(tmpdir()).join()).toContain('rehearsal-'), { interval: 1 })
  slow.close()
  expect(await warmed).toBe(false)
  expect(readdirSync(tmpdir())).toEqual([])
  vi.unstubAllEnvs()
})

test('a tool that imports as something else is not kept', async () => {
  const path = await pretender('2099.01.01', '2098.01.01')
  const other = createYtdlp({ ytdlpPath: path, resident: { rehearsals: () => [], log } })
  expect(await other.warmUp()).toBe(false)
  expect(said.join()).toContain('2098.01.01')
  expect(await endOf(other)).toEqual({ exitCode: 0, stderr: '' })
  other.close()
})

test('what is no Python goes the plain way, which is told once', async () => {
  const path = join(dir, 'tool.sh')
  await writeFile(path, '#!/bin/sh\necho 2026.10.26\n', { mode: 0o755 })
  const plain = createExtractor({ ytdlpPath: path, ffmpegPath, resident: { log } })
  expect(await plain.warmUp()).toBe(false)
  for (let runs = 0; runs < 3; runs++) expect(await plain.version()).toBe('2026.10.26')
  expect(said.filter((line) => line.includes('no Python program')).length).toBe(1)
  plain.close()
})
