import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, test, vi } from 'vitest'
import { processesIn } from '../testing/processes-in.ts'
import { testDir } from '../testing/services.ts'
import { FAULT_KINDS, ruleOf } from './fault.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
const CHEAP = FAULT_KINDS.filter((kind) => ruleOf(kind).isCheap)
const A_FAULT = /^ +\d+\.\d s {2}\w/m
const LAST_LINE = /^lost=0 duplicated=0 untold=0 extra=\d+ requests=(\d+) faults=(\d+)$/

test('nothing is lost, doubled or untold in a short run of every fault that is soon over', {
  timeout: 900_000,
}, async () => {
  const dir = await testDir()
  const options = ['--minutes', '0.6', '--seed', '3', '--people', '8', '--faults', CHEAP.join(',')]
  const { exitCode, all } = await execa(process.execPath, [MAIN, ...options], {
    ...{ env: { TMPDIR: dir }, all: true, reject: false },
  })
  const [, requests = '0', faults = '0'] = LAST_LINE.exec(all.split('\n').at(-1) ?? '') ?? []
  expect({ exitCode, requests: Number(requests) > 20, faults: Number(faults) }, all).toEqual({
    ...{ exitCode: 0, requests: true },
    faults: all.split('\n').filter((line) => A_FAULT.test(line)).length,
  })
  for (const kind of CHEAP) expect(all).toContain(` s  ${kind}`)
  expect(readdirSync(dir)).toEqual([])
  expect(await processesIn(dir)).toEqual([])
})

test('a run that is stopped in the middle leaves nothing behind, even when it is killed', {
  timeout: 600_000,
}, async () => {
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    const dir = await testDir()
    const run = execa(process.execPath, [MAIN, '--minutes', '5', '--seed', '1'], {
      ...{ env: { TMPDIR: dir }, all: true, reject: false },
    })
    let said = ''
    run.all.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    await vi.waitFor(() => expect(said).toMatch(A_FAULT), { timeout: 200_000, interval: 100 })
    expect((await processesIn(dir)).length).toBeGreaterThan(5)
    run.kill(signal)
    await run
    await vi.waitFor(async () => expect(await processesIn(dir)).toEqual([]), 60_000)
    if (signal === 'SIGINT') expect(existsSync(dir) && readdirSync(dir)).toEqual([])
  }
})

test('bad arguments are told, and nothing starts', async () => {
  const { exitCode, stderr } = await execa(process.execPath, [MAIN, '--minutes', 'soon'], { reject: false })
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('--minutes: must be a number')])
})
