import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { processesIn } from '../../src/playground/testing/processes-in.ts'
import { testDir } from '../../src/playground/testing/services.ts'
import { fakeTool } from './fake-tool.ts'
import { folderSize } from './folder-size.ts'
import type { Run } from './follow-run.ts'
import { runYtdlp } from './run-ytdlp.ts'

const NEVER = Number.POSITIVE_INFINITY
const MB = 1024 ** 2

let root: string
let dir: string
beforeEach(async () => {
  root = await testDir()
  dir = join(root, 'work')
  await mkdir(dir)
})

/** Runs a line of shell in place of yt-dlp. */
async function run(
  script: string,
  limits: Partial<Run['limits']> = {},
  more: Partial<Run & { ytdlpPath: string }> = {},
) {
  return await runYtdlp({
    ytdlpPath: await fakeTool(root, script),
    flags: {},
    operands: [],
    dir,
    limits: { deadlineMs: NEVER, noProgressMs: NEVER, maxBytes: 100 * MB, ...limits },
    signal: new AbortController().signal,
    onOutput: () => undefined,
    ...more,
  })
}
const nobodyIsLeft = () => vi.waitFor(async () => expect(await processesIn(root)).toEqual([]), 20_000)

test('exit code, output and errors are the tool’s', async () => {
  let output = ''
  const onOutput = (chunk: Buffer) => {
    output += chunk.toString()
  }
  expect(await run('echo out; echo err >&2; exit 7', {}, { onOutput })).toEqual({
    exitCode: 7,
    stderr: 'err\n',
  })
  expect(output).toBe('out\n')
})

test('a tool that a signal ends has no exit code of its own', async () => {
  expect((await run('kill -9 $$')).exitCode).not.toBe(0)
})

test('a tool that is not there', async () => {
  expect((await run('', {}, { ytdlpPath: join(root, 'nowhere') })).exitCode).toBe(127)
})

test('the deadline ends a tool that hangs and ignores TERM, with its grandchild', async () => {
  const hangs = "trap '' TERM INT; sleep 300 & sleep 300"
  await expect(run(hangs, { deadlineMs: 300 })).rejects.toMatchObject({ code: 'timeout' })
  await nobodyIsLeft()
})

test('a tool that writes nothing is stalled', async () => {
  await expect(run('sleep 300', { noProgressMs: 300 })).rejects.toMatchObject({ code: 'stalled' })
  await nobodyIsLeft()
})

test('abort ends the whole tree, and its reason is the error', async () => {
  const controller = new AbortController()
  const reason = new Error('cancelled')
  const running = run(
    'sleep 300 & echo ready; wait',
    {},
    {
      signal: controller.signal,
      onOutput: () => controller.abort(reason),
    },
  )
  await expect(running).rejects.toBe(reason)
  await nobodyIsLeft()
})

test('nothing starts after an abort', async () => {
  const signal = AbortSignal.abort(new Error('cancelled'))
  await expect(run(`touch ${join(root, 'started')}`, {}, { signal })).rejects.toThrow('cancelled')
  await expect(readFile(join(root, 'started'))).rejects.toThrow('ENOENT')
})

test('a grandchild that is left behind ends with the tool', async () => {
  expect((await run('sleep 300 & exit 3')).exitCode).toBe(3)
  await nobodyIsLeft()
})

test('a file ends at the limit, whoever writes it and however fast', async () => {
  const maxBytes = 2 * MB
  const flood = 'dd if=/dev/zero of=a bs=1M count=500 2>/dev/null; exit 1'
  await expect(run(flood, { maxBytes })).rejects.toMatchObject({ code: 'too_large' })
  expect((await folderSize(dir)).totalBytes).toBeLessThanOrEqual(maxBytes + 512)
})

test('many files together have a limit too', async () => {
  const files =
    'i=0; while :; do i=$((i+1)); dd if=/dev/zero of=f$i bs=64k count=1 2>/dev/null; sleep 0.02; done'
  await expect(run(files, { maxBytes: MB })).rejects.toMatchObject({ code: 'too_large' })
  await nobodyIsLeft()
})

test('a flood of output is what the reader makes of it', async () => {
  const enough = new Error('enough')
  let seen = 0
  const onOutput = (chunk: Buffer) => {
    seen += chunk.length
    if (seen > 200_000) throw enough
  }
  await expect(run('while :; do echo flood; done', {}, { onOutput })).rejects.toBe(enough)
  expect(seen).toBeLessThan(400_000)
  await nobodyIsLeft()
})

test('of a flood of errors the end is kept', async () => {
  const { stderr } = await run('i=0; while [ $i -lt 20000 ]; do echo "line $i" >&2; i=$((i+1)); done; exit 1')
  expect(stderr.length).toBeLessThanOrEqual(64 * 1024)
  expect(stderr.endsWith('line 19999\n')).toBe(true)
})

test('the tool sees no secret of ours', async () => {
  let output = ''
  process.env.BOT_TOKEN = 'a-secret'
  try {
    await run(
      'env',
      {},
      {
        onOutput: (chunk) => {
          output += chunk.toString()
        },
      },
    )
  } finally {
    delete process.env.BOT_TOKEN
  }
  expect(output).toContain('PATH=')
  expect(output).not.toMatch(/a-secret|YTDLP|GUARD=/)
})
