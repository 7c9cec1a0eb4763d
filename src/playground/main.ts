/**
 * `npm start`: the whole product on embedded engines, until Ctrl-C. Without BOT_TOKEN it talks to the Bot API
 * stand-in, with its chat page; with BOT_TOKEN it is that bot, on the real Telegram.
 * `node src/playground/main.ts FOLDER` keeps its data there instead of in .clipferry.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CHEN_ID } from './bot-api/default-world.ts'
import { onlyOneIn } from './only-one.ts'
import { onStopRequest } from './stack/on-stop-request.ts'
import { type Stack, startStack } from './stack.ts'
import { welcome } from './welcome.ts'

const STATE = fileURLToPath(new URL('../../.clipferry', import.meta.url))
const PORTS = { web: 8080, chat: 8090 }

const real = Boolean(process.env.BOT_TOKEN)
// What the stand-in's people asked for must never reach somebody on the real Telegram: two folders.
const state = resolve(process.argv[2] ?? STATE)
const dir = join(state, real ? 'bot' : 'playground')
const logsDir = join(state, 'logs')
const startedAt = Date.now()
const say = (line: string) => console.log(`  ${line}`)
// Where the output goes may end before we do (npm start | head).
process.stdout.on('error', () => undefined)

let stack: Stack | undefined
onStopRequest(() => {
  // Still starting, or asked twice: everything we have started dies with us.
  if (stack === undefined) process.exit(130)
  console.log('\nStopping …')
  const { stop } = stack
  stack = undefined
  stop().then(
    () => process.exit(0),
    (error) => fail('Not everything has stopped well.', error),
  )
})

function fail(what: string, error: unknown): never {
  console.error(`\n${what}\n${error instanceof Error ? error.message : error}\nLogs: ${logsDir}`)
  process.exit(1)
}

try {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  await onlyOneIn(dir)
  // The stand-in's chats and files end with it, so whatever Redis remembers of them is wrong at the next start.
  if (!real)
    for (const name of ['redis', 'bot-api', 'artifacts'])
      rmSync(join(dir, name), { recursive: true, force: true })
  console.log('Starting Clipferry …')
  stack = await startStack({
    dir,
    logsDir,
    mediaDir: join(STATE, 'media-site'),
    env: real ? process.env : { ADMIN_USER_IDS: `${CHEN_ID}`, ...process.env },
    standIns: !real,
    ports: PORTS,
    say,
  })
  console.log(welcome(stack, logsDir))
  say(`ready after ${((Date.now() - startedAt) / 1000).toFixed(1)} s`)
} catch (error) {
  fail('Clipferry could not start.', error)
}
