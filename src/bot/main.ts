import { setTimeout as sleep } from 'node:timers/promises'
import { Api, GrammyError } from 'grammy'
import { createState } from '../../queues/state.ts'
import { ConfigError, readConfig } from '../shared/config.ts'
import { createLogger } from '../shared/logger.ts'
import { createMessages } from '../shared/messages/messages.ts'
import { createRedis } from '../shared/redis.ts'
import { runMain } from '../shared/run-main.ts'
import { createTelegram } from '../shared/telegram/create-telegram.ts'
import { createBotStore } from './bot-store.ts'
import { showCommandMenu } from './command-menu.ts'
import { createBot } from './create-bot.ts'
import { createGrowthStore } from './growth-store.ts'
import { createOneMoment } from './one-moment.ts'
import { rememberName } from './remember-name.ts'
import { createReplies } from './replies.ts'
import { serveUpdates } from './serve-updates.ts'

/** What the bot says itself can wait a little at Telegram's gate; its updates do not wait for it. */
const HOLD_AT_GATE_MS = 1500
const UNGATED_TIMEOUT_S = 10
/** A stopping bot lets its last replies go out for so long. */
const LAST_REPLIES_MS = 5000

/** `node src/bot/main.ts` runs the bot, until SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const config = readConfig(['common', 'telegram', 'bot', 'links', 'people', 'reporting'])
  const log = createLogger(config.LOG_LEVEL, 'bot')
  const redis = createRedis(config.REDIS_URL, { role: 'producer', log })
  const state = createState(redis, config.REDIS_PREFIX)
  const telegram = createTelegram({
    token: config.BOT_TOKEN,
    apiUrl: config.BOT_API_URL,
    mode: config.BOT_API_MODE,
    redis,
    prefix: config.REDIS_PREFIX,
    holdMs: HOLD_AT_GATE_MS,
  })
  const messages = createMessages()
  const replies = createReplies(log)
  const ungated = new Api(config.BOT_TOKEN, { ...telegram.client, timeoutSeconds: UNGATED_TIMEOUT_S })
  const oneMoment = createOneMoment(ungated, messages, log)
  const bot = createBot(config.BOT_TOKEN, telegram, {
    botId: telegram.botId,
    store: createBotStore({ ...state, refresh: state.notifier.touch }),
    messages,
    replies,
    log,
    allowOrigins: config.LINK_ALLOW_ORIGINS,
    people: config,
    eventsKeepMonths: config.EVENTS_KEEP_MONTHS,
    growth: createGrowthStore(state),
    timeZone: config.REPORT_TZ,
  })

  const stopping = new AbortController()
  const { signal } = stopping
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  process.once('SIGTERM', () => stopping.abort())
  process.once('SIGINT', () => stopping.abort())
  try {
    const stop = await serveUpdates({ bot, config, oneMoment, log, signal })
    void rememberName(state, bot, signal, log)
    replies.run(() => showCommandMenu(telegram.api, messages, config.ADMIN_USER_IDS, log))
    await stopped
    log.info('stopping')
    await stop()
    const said = Promise.all([replies.settled(), oneMoment.settled()])
    await Promise.race([said, sleep(LAST_REPLIES_MS, undefined, { ref: false })])
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    await state.queues.close()
    redis.disconnect()
  }
  log.info('stopped')
}

runMain(async () => {
  try {
    await main()
  } catch (error) {
    if (!(error instanceof GrammyError)) throw error
    throw new ConfigError([
      `Telegram refuses to work with these settings: ${error.description}. Check BOT_TOKEN.`,
    ])
  }
})
