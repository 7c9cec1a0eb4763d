import { rm } from 'node:fs/promises'
import { STAGE_NAMES, type StageName } from '../../../queues/pipeline.ts'
import { type ProductProcess, startProductProcess } from './product-process.ts'
import { type Supervised, supervise } from './supervise.ts'

/** One process for all stages, or one for each, as on a server; of some stages, more than one. */
export type WorkerLayout = 'one' | 'each' | Partial<Record<StageName, number>>

export type Product = {
  /** Names, by which the log files go too: web, bot, worker or worker-<stage>, worker-<stage>-2, … */
  processes: Map<string, Supervised<ProductProcess>>
  killWorker(stage: StageName): Promise<void>
  stop(): Promise<void>
}

type Options = {
  env: Record<string, string>
  /** What one process gets in addition, by its name. */
  envOf?: (name: string) => Record<string, string>
  /** By the name of the process; emptied at the start. */
  logFile: (name: string) => string
  workers: WorkerLayout
  say: (line: string) => void
}

/** Starts the processes of the product, each started again when it ends. */
export async function startProduct({
  env,
  envOf = () => ({}),
  logFile,
  workers,
  say,
}: Options): Promise<Product> {
  const commands: Record<string, string[]> = {
    web: ['src/web/main.ts'],
    ...(workers === 'one'
      ? { worker: ['workers/main.ts', 'all'] }
      : Object.fromEntries(workersOf(workers).map(([name, stage]) => [name, ['workers/main.ts', stage]]))),
    bot: ['src/bot/main.ts'],
  }
  const processes = new Map<string, Supervised<ProductProcess>>()
  for (const [name, args] of Object.entries(commands)) {
    await rm(logFile(name), { force: true })
    const start = () => startProductProcess({ args, env: { ...env, ...envOf(name) }, logFile: logFile(name) })
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

const workerOf = (stage: StageName, copy = 1) => `worker-${stage}${copy > 1 ? `-${copy}` : ''}`

function workersOf(layout: Exclude<WorkerLayout, 'one'>): [name: string, stage: StageName][] {
  const copies = (stage: StageName) => (layout === 'each' ? 1 : (layout[stage] ?? 1))
  return STAGE_NAMES.flatMap((stage) =>
    Array.from({ length: copies(stage) }, (_, n): [string, StageName] => [workerOf(stage, n + 1), stage]),
  )
}
