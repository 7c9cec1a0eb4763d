import { killGroup } from '../../src/shared/guarded-process.ts'
import { type Ended, followRun, type Run } from './follow-run.ts'
import type { ResidentConnection } from './resident-connection.ts'
import { BLOCK_BYTES } from './run-ytdlp.ts'
import { argvOf } from './ytdlp-argv.ts'

/** Killing and collecting what a run has started takes no longer, unless the one who does it is dead or frozen. */
const KILL_PATIENCE_MS = 5000

/** The resident way: a child of the yt-dlp that is imported already. See `RunYtdlp`. */
export async function runResident(connection: ResidentConnection, run: Run): Promise<Ended> {
  const { socket, token } = connection
  const request = {
    token,
    argv: argvOf(run.flags, run.operands),
    dir: run.dir,
    // As `ulimit -f` counts.
    maxFileBytes: Math.ceil(run.limits.maxBytes / BLOCK_BYTES) * BLOCK_BYTES,
  }
  return await followRun(run, (onStdout, onStderr) => {
    let runner = 0
    let exit: number | null | undefined
    const ended = new Promise<number | null>((resolve) => {
      connection.onFrame(({ kind, payload }) => {
        if (kind === 'o') onStdout(payload)
        else if (kind === 'e') onStderr(payload)
        else if (kind === 's') runner = Number(payload.toString())
        else if (kind === 'x') {
          exit = Number(payload.toString())
          socket.end()
          resolve(exit)
        }
      })
      socket.once('close', () => {
        if (exit !== undefined) return
        // Its leader is dead, and with it the runner; whatever that has started is in its group.
        if (runner > 0) killGroup(runner)
        resolve(null)
      })
    })
    socket.write(`${JSON.stringify(request)}\n`)
    return {
      ended,
      kill() {
        // Half closed: the leader sees it, kills them all, and says when they are gone.
        socket.end()
        setTimeout(() => socket.destroy(), KILL_PATIENCE_MS).unref()
      },
    }
  })
}
