import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testDir } from '../testing/services.ts'
import { clearStaleLock } from './postmaster-lock.ts'

test('a lock whose process now is something else goes away', async () => {
  const data = await testDir()
  await clearStaleLock(data)
  await writeFile(join(data, 'postmaster.pid'), `${process.pid}\n${data}\n`)
  await clearStaleLock(data)
  expect(existsSync(join(data, 'postmaster.pid'))).toBe(false)
})

test('a lock whose process works in the folder stays', async () => {
  const data = await testDir()
  const process = spawn('sleep', ['60'], { cwd: data })
  await once(process, 'spawn')
  await writeFile(join(data, 'postmaster.pid'), `${process.pid}\n${data}\n`)
  await expect(clearStaleLock(data, 0)).rejects.toThrow(/another PostgreSQL runs/)
  expect(existsSync(join(data, 'postmaster.pid'))).toBe(true)
  process.kill()
  await clearStaleLock(data)
  expect(existsSync(join(data, 'postmaster.pid'))).toBe(false)
})
