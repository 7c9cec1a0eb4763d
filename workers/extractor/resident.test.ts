import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { SAMPLE_MEDIA_DIR } from '../../src/playground/media-site/make-media.ts'
import { createMediaSite } from '../../src/playground/media-site/media-site.ts'
import { descendantsOf, type ProcessEntry, stillRunning } from '../../src/playground/testing/process-tree.ts'
import { processesIn } from '../../src/playground/testing/processes-in.ts'
import { testDir } from '../../src/playground/testing/services.ts'
import { findTools } from '../../src/playground/tools.ts'
import { createYtdlp, type Ytdlp } from './create-ytdlp.ts'
import type { Run } from './follow-run.ts'

const site = createMediaSite({ dir: SAMPLE_MEDIA_DIR })
const { ytdlpPath, ffmpegPath } = findTools()
const NEVER = Number.POSITIVE_INFINITY
const PATIENCE = { timeout: 50_000, interval: 20 }

const said: string[] = []
const log = pino({ level: 'info' }, { write: (line: string) => void said.push(line) })

let dir: string
let ytdlp: Ytdlp
beforeAll(() => site.listen(), 180_000)
afterAll(() => site.close())
beforeEach(async () => {
  dir = await testDir()
  said.length = 0
  ytdlp = createYtdlp({ ytdlpPath, resident: { rehearsals: () => [], log } })
  expect(await ytdlp.warmUp()).toBe(true)
})
afterEach(async () => {
  const ours = await descendantsOf(process.pid)
  ytdlp.close()
  // However a test has ended, nothing outlives the one who held it.
  await vi.waitFor(async () => expect((await stillRunning(ours)).filter(isResident)).toEqual([]), PATIENCE)
})

const isResident = ({ command }: ProcessEntry) => /python\S* \S*resident\.py/.test(command)
/** The resident itself; what it has forked has the same words. */
async function resident(): Promise<number> {
  const all = (await descendantsOf(process.pid)).filter(isResident)
  const top = all.find(
    ({ command, parentPid }) =>
      !command.startsWith('sh ') &&
      !all.some((one) => one.pid === parentPid && !one.command.startsWith('sh ')),
  )
  return top?.pid ?? 0
}
const start = (flags: Run['flags'], operands: string[], more: Partial<Run> = {}) =>
  ytdlp.run({
    ...{ flags: { ignoreConfig: true, ...flags }, operands, dir },
    ...{ signal: new AbortController().signal, onOutput: () => undefined },
    limits: { deadlineMs: NEVER, noProgressMs: NEVER, maxBytes: 1e9 },
    ...more,
  })
const version = async () => {
  let output = ''
  const onOutput = (chunk: Buffer) => {
    output += chunk.toString()
  }
  return { ...(await start({ version: true }, [], { onOutput })), output: output.trim() }
}
const works = async () =>
  expect(await version()).toMatchObject({ exitCode: 0, output: await ytdlp.version() })
/** A download that goes on for twenty seconds, and the process that runs it. */
async function slowRun(more: Partial<Run> = {}) {
  const running = start({ output: 'slow.mp4' }, [`${site.origin}/files/slow.mp4`], more)
  const ended = running.catch((error: unknown) => error)
  const runner = await vi.waitFor(async () => {
    const [first] = await processesIn(dir)
    if (!first) throw new Error('not begun')
    return Number(first.split(' ')[0])
  }, PATIENCE)
  return { ended, runner }
}
const nobodyIsLeft = () => vi.waitFor(async () => expect(await processesIn(dir)).toEqual([]), PATIENCE)
const warmAgain = (times: number) =>
  vi.waitFor(() => expect(said.filter((line) => line.includes('is warm')).length).toBe(times), PATIENCE)

test('a run that is killed fails alone', async () => {
  const [first, second] = [await slowRun(), version()]
  process.kill(first.runner, 'SIGKILL')
  expect(await first.ended).toMatchObject({ exitCode: 137 })
  expect((await second).exitCode).toBe(0)
  await works()
  expect(said.some((line) => line.includes('starting it again'))).toBe(false)
})

test('what a killed run has started goes with it', async () => {
  // The real one ends by itself when nobody reads what it says.
  const deaf = `#!/bin/sh\n[ "$1" != -bsfs ] || exec ${ffmpegPath} -bsfs\nsleep 300\n`
  const ffmpegLocation = join(await testDir(), 'ffmpeg')
  await writeFile(ffmpegLocation, deaf, { mode: 0o755 })
  const flags = { ffmpegLocation, output: 'live.mp4', hlsPreferFfmpeg: true }
  const ended = start(flags, [`${site.origin}/live/now.m3u8`])
  const isThere = async () => expect((await processesIn(dir)).join()).toContain('sleep 300')
  await vi.waitFor(isThere, PATIENCE)
  const runner = (await processesIn(dir)).find((one) => one.includes('resident.py'))
  process.kill(Number(runner?.split(' ')[0]), 'SIGKILL')
  expect(await ended).toMatchObject({ exitCode: 137 })
  expect(await processesIn(dir)).toEqual([])
})

test('the resident killed: what runs goes on, what comes is served, and there is a new one', async () => {
  const controller = new AbortController()
  const slow = await slowRun({ signal: controller.signal })
  const old = await resident()
  process.kill(old, 'SIGKILL')
  await works()
  await warmAgain(2)
  expect(await resident()).not.toBe(old)
  await works()
  expect(await processesIn(dir)).not.toEqual([])
  controller.abort(new Error('enough'))
  expect(await slow.ended).toEqual(new Error('enough'))
  expect(await processesIn(dir)).toEqual([])
})

test('a frozen resident is passed over, and replaced', async () => {
  const old = await resident()
  process.kill(old, 'SIGSTOP')
  await works()
  await warmAgain(2)
  expect(await resident()).not.toBe(old)
  await works()
})

test('the leader of a run killed: the run fails, with what it has started', async () => {
  const { ended, runner } = await slowRun()
  const leader = Number(/^PPid:\s(\d+)/m.exec(await readFile(`/proc/${runner}/status`, 'utf8'))?.[1])
  process.kill(leader, 'SIGKILL')
  expect(await ended).toMatchObject({ exitCode: null })
  await nobodyIsLeft()
  await works()
})

test('a frozen leader does not keep a cancel from ending', async () => {
  const controller = new AbortController()
  const { ended, runner } = await slowRun({ signal: controller.signal })
  const leader = Number(/^PPid:\s(\d+)/m.exec(await readFile(`/proc/${runner}/status`, 'utf8'))?.[1])
  process.kill(leader, 'SIGSTOP')
  controller.abort(new Error('cancelled'))
  expect(await ended).toEqual(new Error('cancelled'))
  await nobodyIsLeft()
  process.kill(leader, 'SIGKILL')
})

test('what a run does to its own process is nobody else’s', async () => {
  let bytes = 0
  const onOutput = (chunk: Buffer) => {
    bytes += chunk.length
  }
  // A word of fifty million letters, which takes several times that in memory.
  const hungry = start({ print: '%(title)50000000s', simulate: true }, ['data:video/mp4,x'], { onOutput })
  await works()
  expect((await hungry).exitCode).toBe(0)
  expect(bytes).toBeGreaterThan(50_000_000)
  await works()
  const memoryKb = /^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${await resident()}/status`, 'utf8'))?.[1]
  expect(Number(memoryKb)).toBeLessThan(120_000)
})

test('a process that is killed with -9 leaves no resident and no run', async () => {
  const program = join(dir, 'holder.mjs')
  const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href)
  await writeFile(
    program,
    `import { createYtdlp } from ${module('create-ytdlp.ts')}
    const log = { info() {}, warn() {} }
    const ytdlp = createYtdlp({ ytdlpPath: ${JSON.stringify(ytdlpPath)}, resident: { rehearsals: () => [], log } })
    const isWarm = await ytdlp.warmUp()
    const limits = { deadlineMs: Infinity, noProgressMs: Infinity, maxBytes: 1e9 }
    const run = { flags: { ignoreConfig: true, output: 'x.mp4' }, operands: ['${site.origin}/files/slow.mp4'], limits }
    void ytdlp.run({ ...run, dir: ${JSON.stringify(dir)}, signal: new AbortController().signal, onOutput: () => console.log(isWarm) })`,
  )
  const holder = spawn(process.execPath, [program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, BOT_TOKEN: 'a-secret' },
  })
  onTestFinished(() => void holder.kill('SIGKILL'))
  // A line for each piece of the tool's output; two may come at once.
  expect(String(await once(holder.stdout, 'data'))).toMatch(/^true\n/)
  const all = await descendantsOf(holder.pid ?? 0)
  const pythons = all.filter(({ command }) => /^\S*python/.test(command))
  // The resident, the leader and the runner: none has a secret of ours, or tells the link to who lists processes.
  expect(pythons.length).toBe(3)
  for (const { pid, command } of pythons) {
    expect(await readFile(`/proc/${pid}/environ`, 'utf8')).not.toContain('a-secret')
    expect(command).not.toContain('slow.mp4')
  }
  holder.kill('SIGKILL')
  await vi.waitFor(async () => expect(await stillRunning(all)).toEqual([]), PATIENCE)
})
