import { join } from 'node:path'
import type { EngineLife } from '../engines/guarded-engine.ts'
import { startPostgres } from '../engines/postgres.ts'
import { startRedis } from '../engines/redis.ts'
import { startS3 } from '../engines/s3.ts'
import type { ServiceSettings } from './product-environment.ts'
import { type Supervised, supervise } from './supervise.ts'

/** The engines, to kill, freeze and interrupt; each keeps its data in `<dir>/<name>`. */
export type Engines = Record<'redis' | 'postgres' | 's3', Supervised<EngineLife>>

/**
 * Redis, PostgreSQL and an S3 server with their data in `dir`, started again on the same address when they end.
 * @returns where they are, and how to get at them
 */
export async function startEmbeddedServices({
  dir,
  say,
}: {
  dir: string
  say: (line: string) => void
}): Promise<{ settings: ServiceSettings; engines: Engines; stop(): Promise<void> }> {
  const redisAt = onOneAddress(
    (port) => startRedis({ dir: join(dir, 'redis'), ...at(port) }),
    (redis) => redis.url,
  )
  const postgresAt = onOneAddress(
    (port) => startPostgres({ dir: join(dir, 'postgres'), ...at(port) }),
    (postgres) => postgres.url,
  )
  const s3At = onOneAddress(
    (port) => startS3({ dir: join(dir, 's3'), ...at(port) }),
    (s3) => s3.endpoint,
  )
  const outcomes = await Promise.allSettled([
    supervise({ name: 'Redis', say, start: redisAt }),
    supervise({ name: 'PostgreSQL', say, start: postgresAt }),
    supervise({ name: 'The S3 server', say, start: s3At }),
  ])
  const stop = async () => {
    await Promise.all(outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value.stop()))
  }
  const [redis, postgres, s3] = outcomes
  try {
    const { endpoint, accessKeyId, secretAccessKey } = unwrap(s3).current()
    const settings = {
      REDIS_URL: unwrap(redis).current().url,
      DATABASE_URL: unwrap(postgres).current().url,
      S3_ENDPOINT: endpoint,
      S3_REGION: 'us-east-1',
      S3_BUCKET: 'clipferry',
      S3_ACCESS_KEY_ID: accessKeyId,
      S3_SECRET_ACCESS_KEY: secretAccessKey,
    }
    return { settings, engines: { redis: unwrap(redis), postgres: unwrap(postgres), s3: unwrap(s3) }, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const at = (port: number | undefined) => (port === undefined ? {} : { port })

/** The product is told the address once: a restart on another one would be no help. */
function onOneAddress<T extends EngineLife>(
  start: (port?: number) => Promise<T>,
  addressOf: (engine: T) => string,
): () => Promise<T> {
  let address: string | undefined
  return async () => {
    const engine = await start(address === undefined ? undefined : Number(new URL(address).port))
    address ??= addressOf(engine)
    if (addressOf(engine) === address) return engine
    await engine.stop()
    throw new Error('its port is taken by another program')
  }
}

function unwrap<T extends EngineLife>(outcome: PromiseSettledResult<Supervised<T>>): Supervised<T> {
  if (outcome.status === 'rejected') throw outcome.reason
  return outcome.value
}
