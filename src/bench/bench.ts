import { rmSync } from 'node:fs'
import { mkdir, mkdtemp } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { createState } from '../../queues/state.ts'
import { SAMPLE_MEDIA_DIR } from '../playground/media-site/make-media.ts'
import { startStack } from '../playground/stack.ts'
import { findTools } from '../playground/tools.ts'

export type Bench = Awaited<ReturnType<typeof startBench>>

/**
 * Starts the product as it is deployed, a process for each stage, on services of its own and before the stand-ins for
 * Telegram and the web, which run here.
 */
export async function startBench() {
  const dir = await mkdtemp(join(tmpdir(), 'clipferry-bench-'))
  // However we end.
  process.once('exit', () => rmSync(dir, { recursive: true, force: true, maxRetries: 10 }))
  const stack = await startStack({ dir, mediaDir: SAMPLE_MEDIA_DIR, workers: 'each' })
  const { world, mediaSite, chatUrl, services, engines } = stack
  if (!world || !mediaSite || !chatUrl || !engines) throw new Error('the stack has no stand-ins')
  const redis = new Redis(services.REDIS_URL)
  let links = 0
  let folders = 0
  return {
    world,
    services,
    engines,
    redis,
    state: createState(redis, services.REDIS_PREFIX ?? 'clipferry'),
    botApi: { url: chatUrl, token: world.firstBot().token },
    ytdlpPath: findTools().ytdlpPath,
    cores: availableParallelism(),
    /** A link of that page that nobody has asked for yet. */
    newLink: (page: string) => `${mediaSite.origin}/watch/${page}?n=${++links}`,
    async newFolder() {
      const folder = join(dir, `floor-${++folders}`)
      await mkdir(folder)
      return folder
    },
    async stop() {
      redis.disconnect()
      await stack.stop()
    },
  }
}

/** Where the methods of the Bot API stand-in are: `…/sendVideo`. */
export const methodsUrl = ({ botApi }: Bench) => `${botApi.url}/bot${botApi.token}`
