import { once } from 'node:events'
import type { Bot } from 'grammy'
import type { Config } from '../shared/config.ts'
import type { Logger } from '../shared/logger.ts'
import { ALLOWED_UPDATES } from './create-bot.ts'
import type { OneMoment } from './one-moment.ts'
import { untilAnswered } from './until-answered.ts'
import { createUpdatePoller } from './update-poller.ts'
import { createWebhookServer } from './webhook-server.ts'

interface ServeOptions {
  bot: Bot
  config: Config<'bot'>
  oneMoment: OneMoment
  log: Logger
  /** Aborts the start. */
  signal: AbortSignal
}

/**
 * Lets updates in, as configured. Resolves when they come.
 * @returns what stops it: no more updates come, and those at work are done.
 */
export async function serveUpdates(options: ServeOptions): Promise<() => Promise<void>> {
  const { bot, config, log } = options
  await untilAnswered(() => bot.init(), options)
  const stop = config.BOT_UPDATES === 'webhook' ? await byWebhook(options) : await byPolling(options)
  log.info({ updates: config.BOT_UPDATES, username: bot.botInfo.username }, 'started')
  return stop
}

async function byPolling(options: ServeOptions): Promise<() => Promise<void>> {
  // While a webhook is set, getUpdates is refused.
  await untilAnswered(() => options.bot.api.deleteWebhook(), options)
  const poller = createUpdatePoller(options)
  const running = poller.run()
  return async () => {
    await poller.stop()
    await running
  }
}

async function byWebhook(options: ServeOptions): Promise<() => Promise<void>> {
  const { bot, oneMoment, log } = options
  const {
    WEBHOOK_URL: url,
    WEBHOOK_SECRET: secretToken,
    WEBHOOK_HOST: host,
    WEBHOOK_PORT: port,
  } = options.config
  if (!url || !secretToken) throw new RangeError('a webhook needs an address and a secret')
  const server = createWebhookServer({ bot, secretToken, oneMoment, log }).listen(port, host)
  await once(server, 'listening')
  const asked = { secret_token: secretToken, allowed_updates: ALLOWED_UPDATES }
  await untilAnswered(() => bot.api.setWebhook(url, asked), options)
  return async () => {
    // The webhook stays set: Telegram keeps what comes meanwhile for the process that takes over.
    const closed = once(server, 'close')
    server.close()
    server.closeIdleConnections()
    await closed
  }
}
