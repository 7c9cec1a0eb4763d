import { createServer, type Server } from 'node:http'
import { type Bot, BotError, webhookCallback } from 'grammy'
import type { Logger } from '../shared/logger.ts'
import type { OneMoment } from './one-moment.ts'
import { StoreAway } from './store-away.ts'

/** Telegram's updates are a few kB; whoever sends more is not Telegram. */
const LARGEST_BODY_BYTES = 1024 * 1024
/** Telegram gives up after a minute or so; what takes longer is redelivered, and is the same job then. */
const TIMEOUT_MS = 50_000

interface WebhookDeps {
  bot: Bot
  /** What Telegram sends along since `setWebhook`; compared in constant time by grammY. */
  secretToken: string
  oneMoment: OneMoment
  log: Logger
}

/**
 * Takes updates that Telegram posts: 200 when the update is safe in the queue, 401 without the right secret, 500 when
 * it must be redelivered.
 */
export function createWebhookServer({ bot, secretToken, oneMoment, log }: WebhookDeps): Server {
  // grammY lets everybody in when the secret is missing.
  if (!secretToken) throw new RangeError('a webhook needs a secret')
  const callback = webhookCallback(bot, 'http', { secretToken, timeoutMilliseconds: TIMEOUT_MS })
  return createServer((request, response) => {
    const lengthBytes = Number(request.headers['content-length'])
    const isPost = request.method === 'POST'
    if (!isPost || !(lengthBytes > 0 && lengthBytes <= LARGEST_BODY_BYTES)) {
      response.writeHead(isPost ? 413 : 405).end()
      return
    }
    callback(request, response).catch((error: unknown) => {
      const reason = error instanceof BotError ? error.error : error
      log.warn({ error: reason instanceof Error ? reason.name : typeof reason }, 'update not handled yet')
      if (error instanceof BotError && reason instanceof StoreAway) oneMoment.tell([error.ctx.update])
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  })
}
