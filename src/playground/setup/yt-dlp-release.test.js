import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { testDir } from '../testing/services.ts'
import { downloadYtdlp } from './yt-dlp-release.js'

const PROGRAM = '#!/bin/sh\necho 2099.01.01\n'

async function releaseWith(sums) {
  const files = { '/yt-dlp': PROGRAM, '/SHA2-256SUMS': sums }
  const server = createServer((request, response) => response.end(files[request.url]))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${server.address().port}`
}

test('a release is downloaded and can be run', async () => {
  const dir = join(await testDir(), 'tool')
  const sum = createHash('sha256').update(PROGRAM).digest('hex')
  await downloadYtdlp(dir, '', await releaseWith(`${'0'.repeat(64)}  yt-dlp.exe\n${sum}  yt-dlp\n`))
  expect(execFileSync(join(dir, 'yt-dlp'), { encoding: 'utf8' })).toBe('2099.01.01\n')
})

test('what does not match its sum is not kept', async () => {
  const dir = join(await testDir(), 'tool')
  const wrong = downloadYtdlp(dir, '', await releaseWith(`${'0'.repeat(64)}  yt-dlp\n`))
  await expect(wrong).rejects.toThrow(/not what its release says/)
  expect(existsSync(dir)).toBe(false)
})

test('a place without releases is an error', async () => {
  const server = createServer((_, response) => response.writeHead(404).end())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const missing = downloadYtdlp(await testDir(), '', `http://127.0.0.1:${server.address().port}`)
  await expect(missing).rejects.toThrow(/404/)
  server.close()
})
