import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { type EngineLife, startEngine } from './guarded-engine.ts'
import { keptPassword } from './kept-password.ts'

/**
 * A Redis of our own on loopback, with its data in `dir`. It is durable (AOF, one write a second), as it holds the
 * truth of the requests, and it never evicts.
 * @returns `url` holds a password: other people of the machine must not command it.
 */
export async function startRedis({
  dir,
  port,
}: {
  dir: string
  port?: number
}): Promise<EngineLife & { url: string }> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const password = await keptPassword(join(dir, 'password'))
  const configFile = join(dir, 'redis.conf')
  await writeFile(configFile, configuration(dir, password), { mode: 0o600 })
  const urlOf = (at: number) => `redis://:${password}@127.0.0.1:${at}`
  const engine = await startEngine({
    name: 'Redis',
    command: (at) => ['redis-server', configFile, '--port', String(at)],
    logFile: join(dir, 'redis.log'),
    ready: (at) => ping(urlOf(at)),
    ...(port === undefined ? {} : { preferredPort: port }),
  })
  return { ...engine, url: urlOf(engine.port) }
}

/** `hz 100`: timeouts and blocked clients are looked at every 10 ms, so that delayed jobs start on time. */
const configuration = (dir: string, password: string) => `bind 127.0.0.1
dir ${JSON.stringify(dir)}
requirepass ${password}
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
hz 100
`

async function ping(url: string): Promise<void> {
  const client = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: 2000,
  })
  // The reason comes with the rejected command; without a listener ioredis prints it too.
  client.on('error', () => undefined)
  try {
    await client.ping()
  } finally {
    client.disconnect()
  }
}
