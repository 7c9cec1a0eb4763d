import { ExtractionError, type RunLimits } from './extractor.ts'
import { folderSize } from './folder-size.ts'
import { watchRun } from './watch-run.ts'
import type { Flags } from './ytdlp-flags.ts'

/** yt-dlp says why at the end. */
const STDERR_TAIL_BYTES = 64 * 1024

export interface Run {
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

export interface Ended {
  /** Null when a signal ended it. */
  exitCode: number | null
  stderr: string
}

/**
 * Runs yt-dlp with all it starts in one process group, which is gone when this returns, however it ended.
 * @throws ExtractionError `timeout`, `stalled`, `too_large`; the signal's reason when it was aborted.
 */
export type RunYtdlp = (run: Run) => Promise<Ended>

/** A yt-dlp that has begun. */
export interface Begun {
  /** Ends it with all it started. */
  kill(): void
  /** Settles when all of that is gone and its output was read. */
  ended: Promise<number | null>
}

/** What is the same for every run, whoever starts it: its limits, its end, its words. */
export async function followRun(
  run: Run,
  begin: (onStdout: (chunk: Buffer) => void, onStderr: (chunk: Buffer) => void) => Begun,
): Promise<Ended> {
  let failure: unknown = null
  let stderr = Buffer.alloc(0)
  const onStderr = (chunk: Buffer) => {
    stderr = Buffer.concat([stderr, chunk]).subarray(-STDERR_TAIL_BYTES)
  }
  const onStdout = (chunk: Buffer) => {
    if (failure) return
    try {
      run.onOutput(chunk)
    } catch (error) {
      stop(error)
    }
  }
  const begun = begin(onStdout, onStderr)
  const stop = (reason: unknown) => {
    failure ??= reason
    begun.kill()
  }
  run.onRunning?.()
  const onAbort = () => stop(run.signal.reason)
  run.signal.addEventListener('abort', onAbort)
  const over = new AbortController()
  const watched = watchRun(run.dir, run.limits, over.signal, (reason) => stop(new ExtractionError(reason)))
    // A folder that cannot be looked at is a run that nobody watches.
    .catch(stop)
  try {
    const exitCode = await begun.ended
    if (failure instanceof ExtractionError) failure.stderr = stderr.toString()
    if (failure) throw failure
    // At the limit on files a write fails, and whoever wrote has many words for it.
    if (exitCode !== 0 && (await folderSize(run.dir)).largestBytes >= run.limits.maxBytes)
      throw new ExtractionError('too_large')
    return { exitCode, stderr: stderr.toString() }
  } finally {
    run.signal.removeEventListener('abort', onAbort)
    over.abort()
    await watched
  }
}
