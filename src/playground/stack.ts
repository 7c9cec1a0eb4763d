import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { migrate } from '../shared/db/migrate.ts'
import { freePort } from './engines/free-port.ts'
import { keptPassword } from './engines/kept-password.ts'
import { startEmbeddedServices } from './stack/embedded-services.ts'
import { newBotToken } from './stack/new-bot-token.ts'
import { startProduct, type WorkerLayout } from './stack/product.ts'
import { productEnvironment, type ServiceSettings } from './stack/product-environment.ts'
import { startStandIns } from './stack/stand-ins.ts'
import { untilReady } from './stack/until-ready.ts'
import { findTools } from './tools.ts'

type StackOptions = {
  /** Data, files in work and, unless said otherwise, logs. */
  dir: string
  logsDir?: string
  /** Where the sample media are kept; any number of stacks may share it. */
  mediaDir?: string
  /** Services that run already. None: embedded ones, with their data in `dir`. */
  services?: ServiceSettings
  workers?: WorkerLayout
  /** Settings of the product (src/shared/config.ts), as somebody would make them in the environment. */
  env?: Record<string, string | undefined>
  /** What one process of the product gets in addition, by its name. */
  envOf?: (name: string) => Record<string, string>
  /** false: the real Telegram and the real web, as `env` says. */
  standIns?: boolean
  /** Taken when they are free. None: any. */
  ports?: { web: number; chat: number }
  readyTimeoutMs?: number
  /** Hears what happens, a line for people at a time. */
  say?: (line: string) => void
}

export type Stack = Awaited<ReturnType<typeof startStack>>

/**
 * Runs the whole product, and resolves when it says that it is ready.
 * @throws Error that says what does not start, with the end of its log; nothing is left running then.
 */
export async function startStack(options: StackOptions) {
  const { dir, logsDir = join(dir, 'logs'), say = () => undefined, ports } = options
  const stops: (() => Promise<void>)[] = []
  const stop = async () => {
    for (const stopOne of stops.splice(0).reverse()) await stopOne()
  }
  try {
    const artifactsDir = join(dir, 'artifacts')
    await mkdir(artifactsDir, { recursive: true, mode: 0o700 })
    await mkdir(logsDir, { recursive: true, mode: 0o700 })
    const logFile = (name: string) => join(logsDir, `${name}.log`)
    const tools = findTools()
    const adminPassword = await keptPassword(join(dir, 'admin-password'))
    const botToken = newBotToken()

    const embedded = options.services ? undefined : await startEmbeddedServices({ dir, say })
    if (embedded) stops.push(embedded.stop)
    const services = options.services ?? embedded?.settings
    if (services === undefined) throw new Error('no services')
    await migrate(services.DATABASE_URL)

    const mediaDir = options.mediaDir ?? join(dir, 'media')
    const standIns =
      options.standIns === false
        ? undefined
        : await startStandIns({ dir, mediaDir, botToken, chatPort: ports?.chat ?? 0, say })
    if (standIns) stops.push(standIns.stop)

    const webPort = await freePort(ports?.web)
    const webUrl = `http://127.0.0.1:${webPort}`
    const env = productEnvironment({
      given: options.env ?? {},
      services,
      artifactsDir,
      webPort,
      adminPassword,
      tools,
      ...(standIns && {
        standIns: {
          botToken,
          botApiUrl: standIns.botApi.url,
          mediaOrigin: standIns.mediaSite.origin,
        },
      }),
    })
    const { envOf = () => ({}), workers = 'one' } = options
    const product = await startProduct({ env, envOf, logFile, workers, say })
    stops.push(product.stop)
    await untilReady(product, {
      webUrl,
      logFile,
      timeoutMs: options.readyTimeoutMs ?? 90_000,
    })
    return {
      webUrl,
      adminPassword,
      services,
      /** The embedded ones, to kill and to freeze; undefined when `services` were given. */
      engines: embedded?.engines,
      /** The Bot API stand-in's, to act as people do; undefined with the real Telegram. */
      world: standIns?.botApi.world,
      chatUrl: standIns?.botApi.url,
      mediaSite: standIns?.mediaSite,
      logs: () => readLogs([...product.processes.keys()].map(logFile)),
      killWorker: product.killWorker,
      processes: product.processes,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** All that the processes of the product have logged since the stack started. */
async function readLogs(files: string[]): Promise<string> {
  return (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('')
}
