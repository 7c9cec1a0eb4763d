import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pino } from 'pino'
import { beforeEach, expect, test } from 'vitest'
import { testDir } from '../../src/playground/testing/services.ts'
import { findTools } from '../../src/playground/tools.ts'
import { createExtractor } from './create-extractor.ts'
import { createYtdlp } from './create-ytdlp.ts'

const { ytdlpPath, ffmpegPath } = findTools()
const NEVER = Number.POSITIVE_INFINITY
const said: string[] = []
const log = pino({ level: 'info' }, { write: (line: string) => void said.push(line) })

let dir: string
beforeEach(async () => {
  dir = await testDir()
  said.length = 0
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
  const ended = own.run({
    ...{ flags: {}, operands: [], dir, signal: new AbortController().signal, onOutput: () => undefined },
    limits: { deadlineMs: NEVER, noProgressMs: NEVER, maxBytes: 1e9 },
  })
  expect(await ended).toEqual({ exitCode: 0, stderr: '' })
  expect(before).not.toBe('2099.01.01')
  own.close()
  await rm(home, { recursive: true })
})

test('a tool that imports as something else is not kept', async () => {
  const path = join(dir, 'yt-dlp')
  const program = `#!/usr/bin/env python3\nif __name__ == '__main__':\n    print('2099.01.01')\n`
  await writeFile(path, program, { mode: 0o755 })
  await mkdir(join(dir, 'yt_dlp'))
  await mkdir(join(dir, 'yt_dlp/extractor'))
  await writeFile(join(dir, 'yt_dlp/__init__.py'), 'from . import version\n')
  await writeFile(join(dir, 'yt_dlp/version.py'), "__version__ = '2098.01.01'\n")
  await writeFile(join(dir, 'yt_dlp/extractor/__init__.py'), 'def gen_extractor_classes(): return []\n')
  const other = createYtdlp({ ytdlpPath: path, resident: { rehearsals: () => [], log } })
  expect(await other.warmUp()).toBe(false)
  expect(said.join()).toContain('2098.01.01')
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
