import { once } from 'node:events'
import { createState } from '../../queues/state.ts'
import { readConfig } from '../shared/config.ts'
import { createLogger } from '../shared/logger.ts'
import { createRedis } from '../shared/redis.ts'
import { runMain } from '../shared/run-main.ts'
import { createApp } from './app.ts'
import { closeWebServer, createWebServer } from './server.ts'

/** `node src/web/main.ts` serves the dashboard until SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const config = readConfig(['common', 'web'])
  const log = createLogger(config.LOG_LEVEL, 'web')
  const redis = createRedis(config.REDIS_URL, { role: 'producer', log })
  const state = createState(redis, config.REDIS_PREFIX)
  const server = createWebServer(
    createApp({
      state,
      artifactMaxAgeMs: config.ARTIFACT_MAX_AGE_MINUTES * 60_000,
      adminPassword: config.ADMIN_PASSWORD,
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
  await closeWebServer(server)
  redis.disconnect()
  await state.queues.close()
  log.info('stopped')
}

runMain(main)
