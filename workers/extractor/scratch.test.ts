import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { testDir } from '../../src/playground/testing/services.ts'
import { makeScratch, sweepScratch } from './scratch.ts'

const HOUR_MS = 3600_000

test('what a killed process left goes when it is old, what is in use and what is not ours stays', async () => {
  const dir = await testDir()
  vi.stubEnv('TMPDIR', dir)
  const [left, inUse] = [makeScratch('inspect'), makeScratch('inspect')]
  await writeFile(join(left, 'page.html'), 'x')
  const others = join(dir, 'others')
  await mkdir(others)
  const longAgo = new Date(Date.now() - 2 * HOUR_MS)
  for (const path of [left, others]) await utimes(path, longAgo, longAgo)
  expect(await sweepScratch(HOUR_MS)).toBe(1)
  expect((await readdir(dir)).sort()).toEqual([basename(inUse), 'others'].sort())
  expect(await sweepScratch(HOUR_MS)).toBe(0)
  vi.unstubAllEnvs()
})
