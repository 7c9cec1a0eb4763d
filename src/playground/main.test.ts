import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { descendantsOf, type ProcessEntry, stillRunning } from './testing/process-tree.ts'
import { testDir } from './testing/services.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const PATIENCE = { timeout: 120_000, interval: 200 }

/** Starts it as `npm start` does, and waits until it says that it is ready. */
async function startMain(dir: string) {
  const { BOT_TOKEN: _, ...env } = process.env
  const main = spawn(process.execPath, [MAIN, dir], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void main.kill('SIGKILL'))
  let output = ''
  for (const stream of [main.stdout, main.stderr])
    stream.on('data', (chunk) => {
      output += chunk
    })
  await vi.waitFor(() => {
    if (main.exitCode === null && !output.includes('Clipferry is ready'))
      throw new Error(`not yet: ${output}`)
  }, PATIENCE)
  expect(output).toContain('Clipferry is ready')
  return { main, output: () => output, processes: () => descendantsOf(main.pid ?? 0) }
}

const isWorker = ({ command }: ProcessEntry) => /^\S*node (--\S+ )*workers\/main\.ts/.test(command)

async function allGone(processes: ProcessEntry[]): Promise<void> {
  expect(processes.length).toBeGreaterThan(6)
  await vi.waitFor(async () => expect(await stillRunning(processes)).toEqual([]), PATIENCE)
}

async function answers(url: string | undefined): Promise<number> {
  return (await fetch(url ?? '')).status
}

async function exitOf(main: ChildProcess, signal: NodeJS.Signals): Promise<unknown[]> {
  const exit = once(main, 'exit')
  main.kill(signal)
  return exit
}

test('a killed worker comes back, and nothing outlives a kill or a TERM', { timeout: 300_000 }, async () => {
  const dir = await testDir()
  const first = await startMain(dir)
  const [, chat] = /Chat page {3}(\S+)/.exec(first.output()) ?? []
  const [, web] = /Dashboard {3}(\S+)/.exec(first.output()) ?? []
  expect(await Promise.all([chat, `${web}ready`].map(answers))).toEqual([200, 200])

  const worker = (await first.processes()).find(isWorker)
  // Without one, 0 would be all of us.
  if (!worker) throw new Error('there is no worker')
  process.kill(worker.pid, 'SIGKILL')
  await vi.waitFor(async () => {
    expect(first.output()).toMatch(/worker has ended .*; starting it again/)
    const next = (await first.processes()).find(isWorker)
    expect(next?.pid).toEqual(expect.any(Number))
    expect(next?.pid).not.toBe(worker.pid)
  }, PATIENCE)

  const before = await first.processes()
  expect(await exitOf(first.main, 'SIGKILL')).toEqual([null, 'SIGKILL'])
  await allGone(before)

  const second = await startMain(dir)
  const after = await second.processes()
  expect(await exitOf(second.main, 'SIGTERM')).toEqual([0, null])
  await allGone(after)
})
