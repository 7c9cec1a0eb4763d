import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { processesIn } from '../testing/processes-in.ts'
import { testDir } from '../testing/services.ts'
import { NODE_FLAGS, startProductProcess } from './product-process.ts'

/** A program that says what it was given and stays until TERM, or longer. */
async function program(dir: string, onTerm = 'process.exit(0)') {
  const file = join(dir, 'program.ts')
  await writeFile(
    file,
    `process.on('SIGTERM', () => { ${onTerm} })
     setInterval(() => {}, 1000)
     console.log(JSON.stringify([process.env.GIVEN, process.env.GUARDED ?? null, process.env.NOT_GIVEN ?? null]))
     console.log('{"msg":"up"}')`,
  )
  return { args: [file], logFile: join(dir, 'log') }
}

const upIn = (logFile: string) =>
  vi.waitFor(async () => expect(await readFile(logFile, 'utf8')).toContain('up'), 30_000)

test('it gets the environment that it is given and no other, and ends when asked', async () => {
  const dir = await testDir()
  vi.stubEnv('NOT_GIVEN', 'x')
  const { args, logFile } = await program(dir)
  const child = await startProductProcess({
    args,
    logFile,
    env: { PATH: process.env.PATH ?? '', GIVEN: 'y' },
  })
  await upIn(logFile)
  expect(await readFile(logFile, 'utf8')).toContain('["y",null,null]')
  await child.stop()
  expect(await child.exited).toEqual([0, null, 'up'])
  expect(await processesIn(dir)).toEqual([])
})

test('one that does not end when asked is killed', async () => {
  const dir = await testDir()
  const { args, logFile } = await program(dir, '')
  const env = { PATH: process.env.PATH ?? '' }
  const child = await startProductProcess({ args, logFile, env, stopTimeoutMs: 200 })
  await upIn(logFile)
  await child.stop()
  expect(await child.exited).toEqual([null, 'SIGKILL', 'up'])
  expect(await processesIn(dir)).toEqual([])
})

test('a kill is a crash', async () => {
  const dir = await testDir()
  const { args, logFile } = await program(dir, `require('fs').writeFileSync('${dir}/asked', '')`)
  const child = await startProductProcess({ args, logFile, env: { PATH: process.env.PATH ?? '' } })
  await upIn(logFile)
  await child.kill()
  expect(existsSync(join(dir, 'asked'))).toBe(false)
  await vi.waitFor(async () => expect(await processesIn(dir)).toEqual([]), 10_000)
  await child.stop()
})

test('a frozen one stands still, goes on, and ends when asked while it is frozen', async () => {
  const dir = await testDir()
  const { args, logFile } = await program(dir, "console.log('asked'); process.exit(0)")
  const child = await startProductProcess({ args, logFile, env: { PATH: process.env.PATH ?? '' } })
  await upIn(logFile)
  const stateOf = async () => {
    const found = (await processesIn(dir)).find((one) => !one.includes('guard.sh'))
    return /State:\s*(\w)/.exec(await readFile(`/proc/${found?.split(' ')[0]}/status`, 'utf8'))?.[1]
  }
  await child.freeze()
  await vi.waitFor(async () => expect(await stateOf()).toBe('T'), 10_000)
  await child.thaw()
  await vi.waitFor(async () => expect(await stateOf()).not.toBe('T'), 10_000)
  await child.freeze()
  await child.stop()
  expect(await child.exited).toEqual([0, null, 'asked'])
  expect(await processesIn(dir)).toEqual([])
})

test('whoever starts a process of the product gives it the same limits', async () => {
  const textOf = (name: string) => readFile(new URL(`../../../${name}`, import.meta.url), 'utf8')
  const flags = NODE_FLAGS.join(' ')
  const { scripts } = JSON.parse(await textOf('package.json'))
  for (const command of [scripts.bot, scripts.web, scripts.worker])
    expect(command).toContain(`node ${flags} `)
  for (const image of ['Dockerfile.worker', 'docker/app.Dockerfile'])
    expect(await textOf(image)).toContain(`NODE_OPTIONS="${flags}"`)
})
