import { createReadStream } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { MethodDeps } from './call.ts'
import { fillDefaultWorld } from './default-world.ts'
import { createFaults } from './faults.ts'
import { createFileStore } from './file-store.ts'
import { createFlood, type FloodMode } from './flood.ts'
import { createCallHandler } from './handle-call.ts'
import { createHttpServer } from './http-server.ts'
import { createLedger } from './ledger.ts'
import { createMediaInput } from './media-input.ts'
import { createMethods } from './methods/registry.ts'
import { createPlaygroundApi, type PlaygroundLink } from './playground-api.ts'
import { createPosts } from './posts.ts'
import { type CallbackAnswer, createQueries, type InlineAnswer } from './queries.ts'
import type { ServerMode } from './server-mode.ts'
import { createWorld } from './world.ts'
import { createWorldActions } from './world-actions.ts'
import { createWorldPeople, type NewBot } from './world-people.ts'
import { createWorldState } from './world-state.ts'

export interface BotApiOptions {
  mode: ServerMode
  /** Files are kept here; it is made when it is not there, and not removed. */
  dir: string
  bots: NewBot[]
  flood: FloodMode
  /** Any free one by default. */
  port?: number
  /** Shown on the chat page: what to try. */
  links?: readonly PlaygroundLink[]
  /** The first wait before an update goes to a webhook again. */
  webhookRetryMs?: number
  /** How long people wait for the answer to a button or an inline query. */
  queryLifetimeMs?: number
}

export type BotApi = ReturnType<typeof createBotApi>

/**
 * A stand-in for a Bot API server (github.com/tdlib/telegram-bot-api), with Telegram and its people behind it, on
 * loopback. It serves `/bot<token>/<method>`, `/file/bot<token>/<path>` and the chat page under `/playground`.
 * `listen` starts it; `close` ends it and all that it has under way.
 */
export function createBotApi(options: BotApiOptions) {
  const { mode, dir, links = [], webhookRetryMs = 1000, queryLifetimeMs = 10_000 } = options
  const state = createWorldState()
  const posts = createPosts(state)
  const files = createFileStore(dir)
  const ledger = createLedger()
  const callbacks = createQueries<CallbackAnswer>(queryLifetimeMs)
  const inlines = createQueries<InlineAnswer>(queryLifetimeMs)
  const media = createMediaInput(mode, files)
  const deps: MethodDeps = { mode, state, posts, files, media, callbacks, inlines, webhookRetryMs }
  const pauseWebhooks = (paused: boolean) => {
    for (const { webhook } of state.bots.values()) webhook?.pause(paused)
  }
  const faults = createFaults({
    down: async () => {
      pauseWebhooks(true)
      await http.down()
    },
    up: async () => {
      await http.up()
      pauseWebhooks(false)
    },
  })

  const people = createWorldPeople(state, posts)
  for (const bot of options.bots) people.addBot(bot)
  const actions = createWorldActions({ state, posts, people, callbacks, inlines })
  const world = createWorld({ state, people, actions, files, ledger, faults })
  const cast = fillDefaultWorld(world)
  const handleCall = createCallHandler({
    mode,
    state,
    files,
    ledger,
    faults,
    flood: createFlood(options.flood),
    methods: createMethods(deps),
  })
  const playground = createPlaygroundApi(world, links)

  /** `/file/bot<token>/<path>`: only in cloud mode; a local server hands out paths instead. */
  const serveFile = (response: ServerResponse, token: string, path: string) => {
    const bot = [...state.bots.values()].find((one) => one.token === token)
    const file =
      bot && mode === 'cloud' ? files.findByRelativePath(bot.id, decodeURIComponent(path)) : undefined
    if (!file) return notFound(response)
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': file.sizeBytes })
    createReadStream(file.path)
      .on('error', () => response.destroy())
      .pipe(response)
  }

  const route = (request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const call = /^\/bot([^/]+)\/([^/]+)\/?$/.exec(pathname)
    if (call?.[1] && call[2]) return void handleCall(request, response, decodeURIComponent(call[1]), call[2])
    const file = /^\/file\/bot([^/]+)\/(.+)$/.exec(pathname)
    if (file?.[1] && file[2]) return serveFile(response, decodeURIComponent(file[1]), file[2])
    if (pathname === '/' || pathname === '/playground' || pathname.startsWith('/playground/'))
      return playground(request, response)
    return notFound(response)
  }

  const http = createHttpServer((request, response) => {
    try {
      route(request, response)
    } catch {
      // An address that cannot be decoded is the only thing that throws there.
      notFound(response)
    }
  })
  return {
    world,
    /** Who is there from the start: alice, boris and chen, each in a private chat with the first bot, and filmClub. */
    cast,
    /** @returns the address, without a slash at the end */
    async listen(): Promise<string> {
      await files.prepare()
      await http.listen(options.port ?? 0)
      return `http://127.0.0.1:${http.port()}`
    },
    get url() {
      return `http://127.0.0.1:${http.port()}`
    },
    async close() {
      for (const bot of state.bots.values()) bot.webhook?.stop()
      callbacks.close()
      inlines.close()
      await http.down()
    },
  }
}

function notFound(response: ServerResponse) {
  response.writeHead(404, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ ok: false, error_code: 404, description: 'Not Found' }))
}
