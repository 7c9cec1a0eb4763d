import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { GUARD, killGroup } from '../../shared/guarded-process.ts'
import { descendantsOf, stillRunning } from '../testing/process-tree.ts'
import { freePort } from './free-port.ts'
import { freezeGuarded, thawGuarded } from './freeze.ts'

/** An engine that runs as a process of ours and dies with us, however we die. */
export type GuardedEngine = {
  port: number
  /** Resolves when it has ended, asked or not. */
  exited: Promise<unknown>
  stop(): Promise<void>
  /** Kills it as a crash would, and resolves when it is gone. */
  kill(): Promise<void>
  /** It answers nothing until `thaw`, and closes nothing. */
  freeze(): Promise<void>
  thaw(): Promise<void>
}

/** What every engine hands out beside its address. */
export type EngineLife = Omit<GuardedEngine, 'port'>

export type EngineCommand = {
  name: string
  /** The command line for a port. */
  command: (port: number) => string[]
  /** Where its output goes; its end is quoted when it does not start. */
  logFile: string
  /** Rejects while the engine does not answer yet. */
  ready: (port: number) => Promise<unknown>
  /** Asks for an orderly end; by default by TERM. */
  quit?: (groupPid: number) => Promise<void> | void
  preferredPort?: number
  startTimeoutMs?: number
}

const STOP_TIMEOUT_MS = 10_000

/**
 * Starts an engine on a free loopback port and waits until it answers.
 * @throws Error with the end of its log when it ends or does not answer in time.
 */
export async function startEngine(engine: EngineCommand): Promise<GuardedEngine> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(attempt === 1 ? engine.preferredPort : 0)
    const started = await launch(engine, port)
    if (started.engine) return started.engine
    // Between finding the port and using it, another process may have taken it.
    if (attempt === 3 || !/address already in use|EADDRINUSE/i.test(started.log))
      throw new Error(`${engine.name} does not start:\n${started.log}`)
  }
}

type Launched = { engine: GuardedEngine; log?: never } | { engine?: never; log: string }

async function launch(engine: EngineCommand, port: number): Promise<Launched> {
  const log = await open(engine.logFile, 'a')
  const { size: logStart } = await log.stat()
  const [file = '', ...args] = engine.command(port)
  const child = spawn(GUARD, [file, ...args], { stdio: ['pipe', log.fd, log.fd] })
  const exited = once(child, 'exit')
  await once(child, 'spawn')
  await log.close()
  const groupPid = child.pid ?? 0
  const running = () => child.exitCode === null && child.signalCode === null

  const giveUpAt = Date.now() + (engine.startTimeoutMs ?? 60_000)
  let answers = false
  while (!answers && running() && Date.now() < giveUpAt) {
    answers = await engine.ready(port).then(
      () => true,
      () => false,
    )
    if (!answers) await Promise.race([sleep(20), exited])
  }
  if (!answers || !running()) {
    if (running()) killGroup(groupPid)
    await exited
    return { log: (await readFile(engine.logFile)).subarray(logStart).toString().slice(-2000) }
  }
  return {
    engine: {
      port,
      exited,
      freeze: () => freezeGuarded(groupPid),
      thaw: () => thawGuarded(groupPid),
      async kill() {
        const inside = await descendantsOf(groupPid)
        if (running()) killGroup(groupPid)
        await exited
        // The guard may be gone a little before what it has guarded: until then the port is taken.
        while ((await stillRunning(inside)).length > 0) await sleep(10)
      },
      async stop() {
        // A frozen one would not hear that it is to end.
        if (running()) await thawGuarded(groupPid)
        if (running()) await (engine.quit ?? ((pid) => killGroup(pid, 'SIGTERM')))(groupPid)
        const late = setTimeout(() => killGroup(groupPid), STOP_TIMEOUT_MS)
        await exited
        clearTimeout(late)
      },
    },
  }
}
