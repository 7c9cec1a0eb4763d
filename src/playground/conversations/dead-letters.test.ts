import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { testDir } from '../testing/services.ts'
import { findTools } from '../tools.ts'
import { type Asking, hasMedia } from './asking.ts'
import { PATIENCE_MS, runningStack } from './running-stack.ts'

/** An ffmpeg that breaks and is mended: it works while there is no file that says otherwise. */
const dir = await testDir()
const broken = join(dir, 'broken')
const ffmpeg = join(dir, 'ffmpeg')
await writeFile(
  ffmpeg,
  `#!/bin/sh
[ "$1" = -version ] || [ ! -e '${broken}' ] && exec '${findTools().ffmpegPath}' "$@"
echo "Unknown encoder 'libx264', see https://secret.example/?token=1" >&2
exit 1
`,
  { mode: 0o755 },
)
vi.stubEnv('FFMPEG_PATH', ffmpeg)
const { stack, state, world, person, link, hits } = await runningStack()
vi.unstubAllEnvs()

const GOOD_NEWS = 'Good news: it worked after all.'
const ShownLetter = z.object({ id: z.string(), people: z.number(), state: z.string(), outcome: z.unknown() })

const untilLetter = (stage: string) =>
  vi.waitFor(
    async () => {
      const found = (await state.deadLetters.list({ state: 'open' }, 9)).find((one) => one.stage === stage)
      if (!found) throw new Error(`no dead letter of ${stage}`)
      return found
    },
    { timeout: 60_000, interval: 100 },
  )

/** Somebody at the dashboard, who has logged in. */
async function operator() {
  const headers: Record<string, string> = { Origin: stack.webUrl }
  const body = new URLSearchParams({ user: 'admin', password: stack.adminPassword })
  const login = await fetch(`${stack.webUrl}/login`, { method: 'POST', redirect: 'manual', headers, body })
  headers.Cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  return async (path: string, method = 'GET') => {
    const answer = await fetch(`${stack.webUrl}/api/dead-letters${path}`, { method, headers })
    expect(answer.status).toBe(200)
    return await answer.json()
  }
}

const mediaOf = (asking: Asking) => world.messages(asking.chat).filter(hasMedia)
const newsOf = (asking: Asking) => world.messages(asking.chat).filter((message) => message.text === GOOD_NEWS)

test('an ffmpeg that breaks: three are told, it is mended and replayed, three get it, and the site is not asked again', {
  timeout: PATIENCE_MS,
}, async () => {
  const path = '/files/clip.webm'
  const askings = [person(), person(), person()].map((one) => one.ask(link(path)))
  for (const asking of askings) await asking.untilButton(/🎬/)
  await writeFile(broken, '')
  await Promise.all(askings.map((asking) => asking.press(/🎬/)))
  for (const asking of askings) await asking.untilText(/couldn.t convert/)
  const asked = hits(path)

  const letter = await untilLetter('transcode')
  expect(letter).toMatchObject({ code: 'transcode_failed', attempts: 2, site: 'generic', crashes: 0 })
  expect(letter.stderr.join('\n')).toBe("Unknown encoder 'libx264', see [link]")
  expect(letter.versions).toMatchObject({
    clipferry: expect.any(String),
    ffmpeg: expect.stringMatching(/^\d/),
  })
  const api = await operator()
  const { deadLetters } = z.object({ deadLetters: z.array(ShownLetter) }).parse(await api('?state=open'))
  expect(deadLetters).toMatchObject([{ id: letter.id, people: 3 }])

  await rm(broken)
  expect(await api(`/${letter.id}/replay`, 'POST')).toMatchObject({
    ...{ how: 'started', from: 'transcode', people: 3 },
  })
  for (const asking of askings) {
    const media = await asking.untilMedia()
    await vi.waitFor(() => expect(newsOf(asking)).toHaveLength(1), { timeout: 60_000, interval: 50 })
    expect(newsOf(asking)[0]?.reply_to_message?.message_id).toBe(media.message_id)
    expect(mediaOf(asking)).toHaveLength(1)
  }
  expect(hits(path)).toBe(asked)
  expect(ShownLetter.parse(await api(`/${letter.id}`))).toMatchObject({ state: 'replayed' })
  expect(await state.deadLetters.groups()).toEqual([])
})

test('a delivery that Telegram refused: the command sends it again, and nothing is fetched', {
  timeout: PATIENCE_MS,
}, async () => {
  const path = '/files/clip-77.mp4'
  const asking = person().ask(link(path))
  await asking.untilButton(/Video/)
  const rule = world.faults.add(
    { method: 'editMessageMedia', chatId: asking.chat.id },
    { kind: 'error_before', code: 400, description: 'Bad Request: wrong something' },
  )
  await asking.press(/Video/)
  await asking.untilText(/Telegram didn.t take the file/)
  expect(rule.hits()).toBe(1)
  const asked = hits(path)
  await untilLetter('send')

  const { REDIS_URL, REDIS_PREFIX = '' } = stack.services
  const command = spawn(
    process.execPath,
    ['src/operator/main.ts', 'replay', '--stage', 'send', '--code', 'telegram_rejected'],
    { env: { PATH: process.env.PATH, REDIS_URL, REDIS_PREFIX } },
  )
  const [said, [code]] = await Promise.all([text(command.stdout), once(command, 'exit')])
  expect([said, code]).toEqual(['replayed 1, for 1 person; left open 0\n', 0])
  await asking.untilMedia()
  await vi.waitFor(() => expect(newsOf(asking)).toHaveLength(1), { timeout: 60_000, interval: 50 })
  expect(mediaOf(asking)).toHaveLength(1)
  expect(hits(path)).toBe(asked)
})
