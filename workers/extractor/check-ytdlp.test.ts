import { beforeAll, expect, test } from 'vitest'
import { testDir } from '../../src/playground/testing/services.ts'
import { findTools } from '../../src/playground/tools.ts'
import { checkYtdlp, YTDLP_MIN } from './check-ytdlp.ts'
import { fakeTool } from './fake-tool.ts'

let dir: string
beforeAll(async () => {
  dir = await testDir()
})
const check = async (script: string, allowOld = false) =>
  await checkYtdlp(await fakeTool(dir, script), { allowOld })

test('the yt-dlp of this machine is new enough', async () => {
  const { ytdlpPath } = findTools()
  expect(await checkYtdlp(ytdlpPath, { allowOld: false })).toEqual({
    version: expect.stringMatching(/^\d{4}\.\d{2}\.\d{2}/),
  })
})

test.each([YTDLP_MIN, '2026.10.26', '2027.01.01.123456.dev0'])('%s is new enough', async (version) => {
  expect(await check(`echo ${version}`)).toEqual({ version })
})

test('one day older is too old, and the problem says what to do', async () => {
  expect(await check('echo 2026.07.03')).toEqual({
    problem: expect.stringContaining(`update it to ${YTDLP_MIN}`),
  })
  expect(await check('echo 2023.03.04', true)).toEqual({ version: '2023.03.04' })
})

test.each(['exit 1', 'echo hello', 'yes', 'echo 2026.10.26; exit 2'])('%s is no yt-dlp', async (script) => {
  expect(await check(script, true)).toEqual({ problem: expect.stringContaining('YTDLP_PATH') })
})

test('a path that leads nowhere', async () => {
  expect(await checkYtdlp('/nowhere/yt-dlp', { allowOld: true })).toEqual({
    problem: expect.stringContaining('YTDLP_PATH=/nowhere/yt-dlp'),
  })
})

test('the set-up brings what the worker takes', async () => {
  const setup: unknown = await import(new URL('../../src/playground/setup/yt-dlp.js', import.meta.url).href)
  expect(setup).toMatchObject({ YTDLP_FLOOR: YTDLP_MIN })
})
