/**
 * `npm run chaos -- --minutes 3 --seed 7`: the whole product under random faults, and a check of what it promises. The
 * last line is `lost=… duplicated=… untold=… extra=… requests=… faults=…`; the exit code is 1 when one of the first
 * three is not 0.
 */
import { spawn } from 'node:child_process'
import { onStopRequest } from '../stack/on-stop-request.ts'
import { readOptions } from './options.ts'
import { reportLines } from './report.ts'
import { runChaos } from './run.ts'
import { canHaveOwnMounts } from './small-disk.ts'

/** Says that this process has mounts of its own: not for people. */
const IN_OWN_MOUNTS = '--in-own-mounts'
const args = process.argv.slice(2).filter((arg) => arg !== IN_OWN_MOUNTS)
const hasOwnMounts = process.argv.includes(IN_OWN_MOUNTS)
/** Ctrl-C in a terminal reaches all of us at once: that is one request. */
const ONE_REQUEST_MS = 1000
// Where the output goes may end before we do.
process.stdout.on('error', () => undefined)

if (!hasOwnMounts && canHaveOwnMounts()) inOwnMounts()
else await run()

/** The same again, where a disk may be mounted that nobody else sees, and that goes with us. */
function inOwnMounts(): void {
  const child = spawn(
    'unshare',
    ['--mount', process.execPath, ...process.execArgv, import.meta.filename, IN_OWN_MOUNTS, ...args],
    {
      // The channel tells it when we are gone, however that happens.
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    },
  )
  // Ctrl-C reaches it by itself, too.
  onStopRequest(() => {
    if (child.connected) child.disconnect()
  })
  child.on('exit', (code) => process.exit(code ?? 1))
}

async function run(): Promise<void> {
  const stopping = new AbortController()
  let askedAt = 0
  const stop = () => {
    // Asked again, by somebody who has lost their patience: everything we have started dies with us.
    if (stopping.signal.aborted && Date.now() - askedAt > ONE_REQUEST_MS) process.exit(130)
    if (stopping.signal.aborted) return
    askedAt = Date.now()
    console.log('\nStopping …')
    stopping.abort()
  }
  onStopRequest(stop)
  process.once('disconnect', stop)
  try {
    const options = readOptions(args)
    const outcome = await runChaos(options, {
      hasOwnMounts,
      say: (line) => console.log(line),
      signal: stopping.signal,
    })
    for (const line of reportLines(outcome)) console.log(line)
    process.exit(outcome.verdict.violations.length > 0 ? 1 : 0)
  } catch (error) {
    if (stopping.signal.aborted) process.exit(130)
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
}
