/**
 * `node with-ceph.ts COMMAND [ARGUMENT...]`: runs a command with S3_TEST_* pointing to a Ceph of its own, which is
 * gone at the end whatever happens. Ends with the exit code of the command.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onStopRequest } from '../stack/on-stop-request.ts'
import { startCeph } from './ceph.ts'

const SETUP = fileURLToPath(new URL('../setup/setup.js', import.meta.url))

async function withCeph([file = '', ...args]: string[]): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'clipferry-ceph-'))
  // We stay to clean up. A Ctrl-C reaches the command by itself, the other two only us.
  let interrupted = false
  let command: ChildProcess | undefined
  onStopRequest((signal) => {
    interrupted = true
    if (signal !== 'SIGINT') command?.kill(signal)
  })
  try {
    const startedAt = Date.now()
    console.log('Starting Ceph …')
    const ceph = await startCeph(dir)
    console.log(`Ceph answers after ${Math.round((Date.now() - startedAt) / 1000)} s`)
    try {
      const env = {
        ...process.env,
        S3_TEST_ENDPOINT: ceph.endpoint,
        S3_TEST_REGION: 'us-east-1',
        S3_TEST_ACCESS_KEY_ID: ceph.accessKeyId,
        S3_TEST_SECRET_ACCESS_KEY: ceph.secretAccessKey,
      }
      if (interrupted) return 130
      command = spawn(file, args, { env, stdio: 'inherit' })
      const [code] = await once(command, 'exit')
      return typeof code === 'number' ? code : 1
    } finally {
      await ceph.stop()
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

execFileSync(process.execPath, [SETUP, '--ceph'], { stdio: 'inherit' })
process.exitCode = await withCeph(process.argv.slice(2))
