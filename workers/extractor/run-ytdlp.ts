import { fileURLToPath } from 'node:url'
import { create } from 'yt-dlp-exec'
import { GUARD, killGroup } from '../../src/shared/guarded-process.ts'
import { ExtractionError, type RunLimits } from './extractor.ts'
import { folderSize } from './folder-size.ts'
import { watchRun } from './watch-run.ts'
import type { Flags } from './ytdlp-flags.ts'

const YTDLP_SH = fileURLToPath(new URL('ytdlp.sh', import.meta.url))
/** yt-dlp says why at the end. */
const STDERR_TAIL_BYTES = 64 * 1024
const BLOCK_BYTES = 512

export interface Run {
  ytdlpPath: string
  flags: Flags
  /** Never taken for an option, whatever it looks like. */
  operands: string[]
  /** Where it runs, writes and keeps its temporary files. */
  dir: string
  limits: RunLimits
  signal: AbortSignal
  /** Gets the standard output. Throws to end the run: its error is the run's. */
  onOutput(chunk: Buffer): void
  onRunning?: () => void
}

/**
 * Runs yt-dlp with all it starts in one process group, which is gone when this returns, however it ended.
 * @throws ExtractionError `timeout`, `stalled`, `too_large`; the signal's reason when it was aborted.
 */
export async function runYtdlp(run: Run): Promise<{ exitCode: number | null; stderr: string }> {
  run.signal.throwIfAborted()
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
  run.onRunning?.()
  let failure: unknown = null
  const stop = (reason: unknown) => {
    failure ??= reason
    // The guard; the rest of its group follows when it is gone, below.
    child.kill('SIGKILL')
  }
  const onAbort = () => stop(run.signal.reason)
  run.signal.addEventListener('abort', onAbort)
  const ended = new AbortController()
  let stderr = Buffer.alloc(0)
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr = Buffer.concat([stderr, chunk]).subarray(-STDERR_TAIL_BYTES)
  })
  child.stdout?.on('data', (chunk: Buffer) => {
    if (failure) return
    try {
      run.onOutput(chunk)
    } catch (error) {
      stop(error)
    }
  })
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const watched = watchRun(run.dir, run.limits, ended.signal, (reason) => stop(new ExtractionError(reason)))
    // A folder that cannot be looked at is a run that nobody watches.
    .catch(stop)
  try {
    const { exitCode, signal } = await child
    // Whoever it left behind holds the output open, and must not go on without it.
    if (child.pid) {
      killGroup(child.pid)
      await closed
    }
    if (failure instanceof ExtractionError) failure.stderr = stderr.toString()
    if (failure) throw failure
    // At the limit of `ytdlp.sh` a write fails, and whoever wrote has many words for it.
    if (exitCode !== 0 && (await folderSize(run.dir)).largestBytes >= run.limits.maxBytes)
      throw new ExtractionError('too_large')
    return { exitCode: signal ? null : (exitCode ?? 127), stderr: stderr.toString() }
  } finally {
    run.signal.removeEventListener('abort', onAbort)
    ended.abort()
    await watched
  }
}
