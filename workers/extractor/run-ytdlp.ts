import { fileURLToPath } from 'node:url'
import { create } from 'yt-dlp-exec'
import { GUARD, killGroup } from '../../src/shared/guarded-process.ts'
import { type Ended, followRun, type Run } from './follow-run.ts'

const YTDLP_SH = fileURLToPath(new URL('ytdlp.sh', import.meta.url))
export const BLOCK_BYTES = 512

/** The plain way: a yt-dlp of its own for every run. See `RunYtdlp`. */
export async function runYtdlp(run: Run & { ytdlpPath: string }): Promise<Ended> {
  run.signal.throwIfAborted()
  return await followRun(run, (onStdout, onStderr) => {
    // Not a literal in the call: the library's type has no `--`, which its argument builder puts last, with the link.
    const flags = { ...run.flags, '--': run.operands }
    const child = create(YTDLP_SH).exec('', flags, {
      cwd: run.dir,
      env: {
        GUARD,
        YTDLP: run.ytdlpPath,
        MAX_FILE_BLOCKS: String(Math.ceil(run.limits.maxBytes / BLOCK_BYTES)),
        TMPDIR: run.dir,
      },
      buffer: false,
      reject: false,
      // The guard does it, also when we are killed.
      cleanup: false,
    })
    child.stdout?.on('data', onStdout)
    child.stderr?.on('data', onStderr)
    return { kill: () => child.kill('SIGKILL'), ended: endOf(child) }
  })
}

/** The guard's end; the rest of its group follows when it is gone. */
async function endOf(child: ReturnType<ReturnType<typeof create>['exec']>): Promise<number | null> {
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const { exitCode, signal } = await child
  // Whoever it left behind holds the output open, and must not go on without it.
  if (child.pid) {
    killGroup(child.pid)
    await closed
  }
  return signal ? null : (exitCode ?? 127)
}
