import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { GUARD, killGroup } from '../../src/shared/guarded-process.ts'
import { makeScratch } from './scratch.ts'

const RESIDENT_PY = fileURLToPath(new URL('resident.py', import.meta.url))
const STDERR_TAIL = 500

const Ready = z.object({
  /** Of its socket, in Linux's abstract namespace: no file that could stay behind. */
  address: z.string(),
  /** Who knows it is the resident itself, or us. */
  token: z.string(),
  version: z.string(),
})
export type Ready = z.infer<typeof Ready>

export interface Resident {
  /** Null when it ended before it was warm. */
  ready: Promise<Ready | null>
  /** The last words of one that ended. */
  ended: Promise<string>
  /** Runs that have begun go on. */
  kill(): void
}

/** Starts `resident.py`, which ends when we do, with the interpreter of the tool. */
export function startResident(
  tool: string,
  interpreter: readonly string[],
  rehearsals: readonly string[][],
): Resident {
  const folder = rehearsals.length > 0 ? makeFolder() : null
  const removeFolder = () => folder && remove(folder)
  // Without a folder the first runs import what they need.
  const rehearsed = JSON.stringify(folder ? rehearsals : [])
  const child = spawn(GUARD, [...interpreter, RESIDENT_PY, tool, rehearsed, basename(folder ?? '')], {
    // In nobody's way.
    cwd: '/',
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-STDERR_TAIL)
  })
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', () => {
      // The guard itself may have been killed.
      if (child.pid) killGroup(child.pid)
      resolve(said.trim())
    })
  })
  void ended.then(removeFolder)
  // Writing to the guard is nothing that we do: its input only tells it that we are alive.
  child.stdin.on('error', () => undefined)
  let line = ''
  const ready = new Promise<Ready | null>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      line += chunk.toString()
      if (!line.includes('\n')) return
      removeFolder()
      resolve(parseReady(line))
    })
    void ended.then(() => resolve(null))
  })
  return {
    ready,
    ended,
    kill() {
      if (child.pid && child.exitCode === null && child.signalCode === null) killGroup(child.pid)
      // Whoever calls this may not live to see the end.
      removeFolder()
    },
  }
}

/** For what the rehearsals fetch. Ours to remove: who is killed cannot. Null when the disk takes none. */
function makeFolder(): string | null {
  try {
    return makeScratch('rehearsal')
  } catch {
    return null
  }
}

function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch {
    // What is left in a folder for temporary things is no reason to end.
  }
}

function parseReady(line: string): Ready | null {
  try {
    return Ready.parse(JSON.parse(line))
  } catch {
    return null
  }
}
