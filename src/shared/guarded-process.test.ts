import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, test, vi } from 'vitest'
import { GUARD, killGroup } from './guarded-process.ts'

const alive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** A command with a grandchild; prints both pids and stays. */
const FAMILY = ['sh', '-c', 'sleep 300 & echo $$ $!; wait']

async function pidsOf(child: ReturnType<typeof spawn>): Promise<number[]> {
  const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer]
  return String(line).trim().split(' ').map(Number)
}

test('the exit code and the output are the command’s', async () => {
  const child = spawn(GUARD, ['sh', '-c', 'echo out; echo err >&2; exit 7'])
  const [[code], out, err] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)])
  expect([code, out, err]).toEqual([7, 'out\n', 'err\n'])
})

test('a killed parent takes the command and what it started along', async () => {
  const parent = spawn(process.execPath, [
    '-e',
    `const c = require('child_process').spawn(${JSON.stringify(GUARD)}, ${JSON.stringify(FAMILY)}, { stdio: ['pipe', 'inherit', 'inherit'] }); c.on('exit', () => {})`,
  ])
  const pids = await pidsOf(parent)
  expect(pids.every(alive)).toBe(true)
  parent.kill('SIGKILL')
  await vi.waitFor(() => expect(pids.filter(alive)).toEqual([]), 10_000)
})

test('a killed group leaves nobody, also when the command ignores TERM', async () => {
  const child = spawn(GUARD, ['sh', '-c', "trap '' TERM; sleep 300 & echo $$ $!; wait; wait"])
  const pids = await pidsOf(child)
  killGroup(child.pid ?? 0)
  await once(child, 'exit')
  await vi.waitFor(() => expect(pids.filter(alive)).toEqual([]), 10_000)
})

test('TERM reaches the command and its end is reported', async () => {
  const child = spawn(GUARD, ['sh', '-c', "trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done"])
  await once(child.stdout, 'data')
  killGroup(child.pid ?? 0, 'SIGTERM')
  expect(await once(child, 'exit')).toEqual([9, null])
})

test('the command sees no variable of ours', async () => {
  const child = spawn(GUARD, ['env'], { env: { ...process.env, NO_PROXY: '*', BOT_TOKEN: 'secret' } })
  const names = (await text(child.stdout)).split('\n').map((line) => line.split('=')[0])
  expect(names).not.toContain('NO_PROXY')
  expect(names).not.toContain('BOT_TOKEN')
  expect(names).toContain('PATH')
})
