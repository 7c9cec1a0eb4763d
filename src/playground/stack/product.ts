import { rm } from 'node:fs/promises'
import { STAGE_NAMES, type StageName } from '../../../queues/pipeline.ts'
import { type ProductProcess, startProductProcess } from './product-process.ts'
import { type Supervised, supervise } from './supervise.ts'

/** One process for all stages, or one for each, as on a server. */
export type WorkerLayout = 'one' | 'each'

export type Product = {
  /** Names, by which the log files go too: web, bot, worker or worker-<stage>. */
  processes: Map<string, Supervised<ProductProcess>>
  killWorker(stage: StageName): Promise<void>
  stop(): Promise<void>
}

type Options = {
  env: Record<string, string>
  /** By the name of the process; emptied at the start. */
  logFile: (name: string) => string
  workers: WorkerLayout
  say: (line: string) => void
}

/** Starts the processes of the product, each started again when it ends. */
export async function startProduct({ env, logFile, workers, say }: Options): Promise<Product> {
  const commands: Record<string, string[]> = {
    web: ['src/web/main.ts'],
    ...(workers === 'one'
      ? { worker: ['workers/main.ts', 'all'] }
      : Object.fromEntries(STAGE_NAMES.map((name) => [workerOf(name), ['workers/main.ts', name]]))),
    bot: ['src/bot/main.ts'],
  }
  const processes = new Map<string, Supervised<ProductProcess>>()
  for (const [name, args] of Object.entries(commands)) {
    await rm(logFile(name), { force: true })
    const start = () => startProductProcess({ args, env, logFile: logFile(name) })
    processes.set(name, await supervise({ name, start, say }))
  }
  return {
    processes,
    async killWorker(stage) {
      await processes
        .get(workers === 'one' ? 'worker' : workerOf(stage))
        ?.current()
        .kill()
    },
    async stop() {
      // First who brings in new work.
      await processes.get('bot')?.stop()
      await Promise.all([...processes.values()].map((supervised) => supervised.stop()))
    },
  }
}

const workerOf = (stage: StageName) => `worker-${stage}`
