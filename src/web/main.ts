import { once } from 'node:events'
import { createState } from '../../queues/state.ts'
import { readConfig } from '../shared/config.ts'
import { createPool, createReadPool } from '../shared/db/pool.ts'
import { createLogger } from '../shared/logger.ts'
import { createRedis } from '../shared/redis.ts'
import { runMain } from '../shared/run-main.ts'
import { createApp } from './app.ts'
import { closeWebServer, createWebServer } from './server.ts'
import { createLive } from './stats/live.ts'
import { createLiveNumbers } from './stats/live-numbers.ts'

/** Numbers of days do not change more often. */
const ANSWERS_KEPT_MS = 30_000

/** `node src/web/main.ts` serves the dashboard until SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const config = readConfig(['common', 'web', 'reporting'])
  const log = createLogger(config.LOG_LEVEL, 'web')
  const redis = createRedis(config.REDIS_URL, { role: 'producer', log })
  const state = createState(redis, config.REDIS_PREFIX)
  const ofPool = { log, slowQueryMs: config.SLOW_QUERY_MS }
  const reader = createReadPool(config.DATABASE_URL, { applicationName: 'clipferry-web-reader', ...ofPool })
  const writer = createPool(config.DATABASE_URL, { applicationName: 'clipferry-web', ...ofPool })
  const reportTz = config.REPORT_TZ
  const { queues } = state
  const live = createLive({ numbers: createLiveNumbers({ redis, queues, reader, reportTz, log }) })
  const server = createWebServer(
    createApp({
      state,
      artifactMaxAgeMs: config.ARTIFACT_MAX_AGE_MINUTES * 60_000,
      passwords: { admin: config.ADMIN_PASSWORD, viewer: config.VIEWER_PASSWORD },
      reader,
      writer,
      reportTz,
      answersKeptMs: ANSWERS_KEPT_MS,
      live,
      secureCookie: config.WEB_SECURE_COOKIE,
      log,
    }),
  )
  server.listen(config.WEB_PORT, config.WEB_HOST)
  await once(server, 'listening')
  log.info({ address: server.address() }, 'listening')

  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGTERM', resolve)
    process.once('SIGINT', resolve)
  })
  log.info({ signal }, 'stopping')
  live.close()
  await closeWebServer(server)
  redis.disconnect()
  await Promise.allSettled([queues.close(), reader.end(), writer.end()])
  log.info('stopped')
}

runMain(main)
