import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { GUARD, killGroup } from '../../shared/guarded-process.ts'
import { freezeGuarded, thawGuarded } from '../engines/freeze.ts'
import type { Running } from './supervise.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
/**
 * As in package.json and in the images: a process stays under 150 MB. 2 MB of new objects and not 16 are collected at a
 * time, which costs a busy process a few percent; what is alive is some 40 MB, and under a limit that is not gigabytes
 * it is tidied up sooner. What is compiled once is not compiled by every process, nor is the compiler of TypeScript
 * loaded (15 MB, 100 ms of a start).
 */
export const NODE_FLAGS = ['--max-semi-space-size=2', '--max-old-space-size=256']
const COMPILE_CACHE = { NODE_COMPILE_CACHE: `${ROOT}node_modules/.cache/compiled` }

export type ProductProcess = Running & {
  /** Exit code, signal, and the last line of the log. */
  exited: Promise<unknown[]>
  /** Kills it as a crash would, and resolves when it is gone. */
  kill(): Promise<void>
  /** Neither it nor what it has started goes on until `thaw`; no connection is closed. */
  freeze(): Promise<void>
  thaw(): Promise<void>
}

type Launch = {
  /** For Node, from the root of the repository: ["workers/main.ts", "all"]. */
  args: string[]
  /** The whole environment of the process. */
  env: Record<string, string>
  logFile: string
  /** Killed when it is still there so long after it was asked to end. */
  stopTimeoutMs?: number
}

/** Starts one process of the product. It dies with us, however we die. */
export async function startProductProcess(launch: Launch): Promise<ProductProcess> {
  const { args, env, logFile, stopTimeoutMs = 8000 } = launch
  const log = await open(logFile, 'a', 0o600)
  const child = spawn(GUARD, [process.execPath, ...NODE_FLAGS, ...args], {
    cwd: ROOT,
    // GUARDED: the guard has not to empty the environment nor to make a group, as it does for tools. Both are done here.
    env: { ...COMPILE_CACHE, ...env, GUARDED: '1' },
    detached: true,
    stdio: ['pipe', log.fd, log.fd],
  })
  const exited = once(child, 'exit').then(async (ending) => [...ending, await lastLine(logFile)])
  await once(child, 'spawn').finally(() => log.close())
  const groupPid = child.pid ?? 0
  const ended = () => child.exitCode !== null || child.signalCode !== null
  return {
    exited,
    async stop() {
      if (ended()) return
      // A frozen one would not hear that it is to end.
      await thawGuarded(groupPid)
      killGroup(groupPid, 'SIGTERM')
      const late = setTimeout(() => killGroup(groupPid), stopTimeoutMs)
      await exited
      clearTimeout(late)
    },
    async kill() {
      if (!ended()) killGroup(groupPid)
      await exited
    },
    freeze: () => freezeGuarded(groupPid),
    thaw: () => thawGuarded(groupPid),
  }
}

/** The reason, when a process gives up by itself: it is the last thing that it says. */
async function lastLine(logFile: string): Promise<string> {
  const line = (await readFile(logFile, 'utf8').catch(() => '')).trimEnd().split('\n').at(-1) ?? ''
  return (/"msg":"([^"]*)"/.exec(line)?.[1] ?? line).slice(0, 300)
}
