import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { afterEach, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { createState } from '../../queues/state.ts'
import { createBotApi } from '../playground/bot-api/create-bot-api.ts'
import type { World } from '../playground/bot-api/world.ts'
import { testDir, testRedis } from '../playground/testing/services.ts'

const TOKEN = `4242:${'x'.repeat(35)}`
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const { redis, url, prefix } = await testRedis()
const running: ChildProcess[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

/** The real process, with these variables and no others. */
function startBot(env: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  running.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk))
  const ended = once(child, 'close').then(([code]: unknown[]) => code)
  return { child, ended, output: () => output }
}

const json = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (typeof value === 'string' ? JSON.parse(value) : value), schema)
const Menu = z.object({
  commands: json(z.array(z.object({ command: z.string() }))),
  scope: json(z.looseObject({ type: z.string() })),
  language_code: z.string().optional(),
})
const menusOf = (world: World) =>
  world.ledger.of('setMyCommands').map(({ params }) => {
    const { commands, scope, language_code: language = '' } = Menu.parse(params)
    return { commands: commands.map(({ command }) => command), scope, language }
  })

it('runs until SIGTERM: updates in, jobs out, and nothing of the token or the link in its log', async () => {
  const server = await createBotApi({
    mode: 'cloud',
    dir: await testDir(),
    bots: [{ token: TOKEN, username: 'clipferry_bot', firstName: 'Clipferry' }],
    flood: 'telegram',
  })
  const apiUrl = await server.listen()
  const { queues, keys } = createState(redis, prefix)
  try {
    const { world } = server
    const alice = world.addUser({ firstName: 'Alice', languageCode: 'en' })
    world.openPrivateChat(alice)
    // Sent while nobody listens: Telegram keeps it.
    world.sendText(alice, alice.id, 'https://example.com/a-secret-video')
    const bot = startBot({
      REDIS_URL: url,
      REDIS_PREFIX: prefix,
      BOT_TOKEN: TOKEN,
      BOT_API_URL: apiUrl,
      ADMIN_USER_IDS: `1,${alice.id}`,
      LOG_LEVEL: 'debug',
    })
    const counts = () => queues.queue('intake').getJobCounts('waiting', 'prioritized')
    await vi.waitFor(async () => expect((await counts()).prioritized).toBe(1), {
      timeout: 50_000,
      interval: 100,
    })
    await vi.waitFor(() => expect(menusOf(world)).toHaveLength(8), 30_000)
    const menus = menusOf(world)
    for (const language of ['', 'ru']) {
      const at = (scope: object) =>
        menus.find((menu) => menu.language === language && isDeepStrictEqual(menu.scope, scope))?.commands
      const forAll = ['start', 'help', 'quality', 'cancel', 'stats', 'referral', 'privacy']
      const forAdmins = ['admin_analytics', 'admin_funnel', 'limits', 'block', 'unblock']
      expect(at({ type: 'all_private_chats' })).toEqual(forAll)
      expect(at({ type: 'all_group_chats' })).toEqual(['help', 'quality', 'cancel'])
      expect(at({ type: 'chat', chat_id: alice.id })).toEqual([...forAll, ...forAdmins])
    }
    const names = async () => expect(await redis.hgetall(keys.botNames)).toEqual({ 4242: 'clipferry_bot' })
    await vi.waitFor(names, 30_000)
    bot.child.kill('SIGTERM')
    expect(await bot.ended).toBe(0)
    expect(bot.output()).toContain('"msg":"stopped"')
    expect(bot.output()).not.toContain(TOKEN)
    expect(bot.output()).not.toContain('a-secret-video')
  } finally {
    await queues.close()
    await server.close()
  }
})

it('says at once all that is wrong with its settings', async () => {
  const bot = startBot({ BOT_UPDATES: 'webhook' })
  expect(await bot.ended).toBe(1)
  for (const name of ['REDIS_URL', 'BOT_TOKEN', 'WEBHOOK_SECRET', 'WEBHOOK_URL'])
    expect(bot.output()).toContain(name)
})

it('ends when Telegram does not know its token', async () => {
  const server = await createBotApi({
    mode: 'cloud',
    dir: await testDir(),
    bots: [{ token: `4343:${'y'.repeat(35)}`, username: 'other_bot', firstName: 'Other' }],
    flood: 'telegram',
  })
  const apiUrl = await server.listen()
  const bot = startBot({ REDIS_URL: url, REDIS_PREFIX: prefix, BOT_TOKEN: TOKEN, BOT_API_URL: apiUrl })
  expect(await bot.ended).toBe(1)
  expect(bot.output()).toContain('Check BOT_TOKEN')
  expect(bot.output()).not.toContain(TOKEN)
  await server.close()
})
