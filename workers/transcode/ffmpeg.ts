import { ChildProcess } from 'node:child_process'
import { access } from 'node:fs/promises'
import { execa } from 'execa'
import fluent from 'fluent-ffmpeg'
import { StageError } from '../../queues/failure.ts'
import { GUARD, killGroup } from '../../src/shared/guarded-process.ts'
import { ffmpegFailure } from './ffmpeg-failure.ts'

/** One run of ffmpeg: every argument is one element, paths are absolute. */
export interface FfmpegJob {
  inputs: { path: string; options: readonly string[] }[]
  /** For the one output. */
  options: readonly string[]
  output: string
  /** Of the source, for the percentage; null when nobody knows it. */
  durationS: number | null
}

export interface RunOptions {
  signal: AbortSignal
  /** The folder it works in; must exist. */
  cwd: string
  deadlineMs: number
  /** Killed when the output has not grown for so long. */
  stallMs: number
  /** 0 to 100, about twice a second. */
  onProgress?(percent: number): void
}

export interface Ffmpeg {
  /**
   * Resolves when the output is written.
   * @throws StageError `cancelled`, `timeout`, `stalled`, `disk_full`, `not_media`, `transcode_failed`, `internal`.
   */
  run(job: FfmpegJob, options: RunOptions): Promise<void>
  /** Whether it has the filters that turn HDR into what every screen shows. */
  canToneMap(): Promise<boolean>
}

const KEPT_LINES = 20
const SAYS_TIME = /^out_time_us=(\d+)$/
/** Lines of `-progress`: all else on stderr is a complaint. */
const PROGRESS_LINE = /^[a-z0-9_]+=\s*\S*$/

/** The only place that knows fluent-ffmpeg (2.1.3, archived). `tool`: ffmpeg, by name or path. */
export function createFfmpeg(tool: string): Ffmpeg {
  let toneMaps: Promise<boolean> | null = null
  return {
    canToneMap() {
      toneMaps ??= hasToneMapping(tool)
      return toneMaps
    },
    async run(job, options) {
      // fluent-ffmpeg takes the whole process down when it cannot start in a folder.
      await access(options.cwd)
      if (options.signal.aborted) throw new StageError('cancelled')
      await new Promise<void>((resolve, reject) => {
        start(tool, job, options, (failure) => (failure ? reject(failure) : resolve()))
      })
    },
  }
}

async function hasToneMapping(tool: string): Promise<boolean> {
  const { stdout } = await execa(GUARD, [tool, '-hide_banner', '-filters'], {
    reject: false,
    timeout: 30_000,
    killSignal: 'SIGKILL',
  })
  return /\bzscale\b/.test(stdout) && /\btonemap\b/.test(stdout)
}

function start(tool: string, job: FfmpegJob, options: RunOptions, done: (failure: Error | null) => void) {
  const { signal, onProgress } = options
  const command = commandOf(tool, job, options.cwd)
  const lastLines: string[] = []
  let child: ChildProcess | null = null
  let stopped: StageError | null = null

  const stop = (failure: StageError) => {
    stopped ??= failure
    if (child?.pid === undefined) return
    // Until the guard has its own group, only its own pid can be hit; afterwards the group must be.
    child.kill('SIGKILL')
    killGroup(child.pid)
  }
  const onAbort = () => stop(new StageError('cancelled'))
  signal.addEventListener('abort', onAbort, { once: true })
  const deadline = setTimeout(() => stop(new StageError('timeout', { detail: 'ffmpeg' })), options.deadlineMs)
  const stall = setTimeout(() => stop(new StageError('stalled', { detail: 'ffmpeg' })), options.stallMs)
  const end = () => {
    signal.removeEventListener('abort', onAbort)
    clearTimeout(deadline)
    clearTimeout(stall)
    if (stopped) stopped.stderr = lastLines.join('\n')
    done(stopped ?? ffmpegFailure(child?.exitCode ?? null, lastLines))
  }

  let doneUs = 0
  command.on('start', () => {
    // Not in the typings, and only here until the end.
    const spawned: unknown = Reflect.get(command, 'ffmpegProc')
    if (spawned instanceof ChildProcess) child = spawned
    if (stopped) stop(stopped)
  })
  // Not its `progress` event: that starts an ffprobe of its own, without our fence.
  command.on('stderr', (line) => {
    const time = SAYS_TIME.exec(line)?.[1]
    if (time !== undefined && Number(time) > doneUs) {
      doneUs = Number(time)
      stall.refresh()
      if (job.durationS) onProgress?.(Math.min(100, doneUs / job.durationS / 10_000))
    }
    if (line.trim() !== '' && !PROGRESS_LINE.test(line)) lastLines.push(line)
    if (lastLines.length > KEPT_LINES) lastLines.shift()
  })
  command.on('end', end)
  command.on('error', end)
  command.run()
}

function commandOf(tool: string, job: FfmpegJob, cwd: string) {
  const command = fluent({ cwd, stdoutLines: KEPT_LINES })
  command.setFfmpegPath(GUARD)
  // The guard wants the command as its first argument, and the first input's options are the first arguments.
  job.inputs.forEach(({ path, options }, n) => {
    command.input(path).inputOptions(...(n === 0 ? [tool, '-nostdin'] : []), ...options)
  })
  command
    .output(job.output)
    // Spread, not an array: it splits the elements of an array that consist of two words (a title, say).
    .outputOptions('-hide_banner', '-loglevel', 'error', '-nostats', '-progress', 'pipe:2', ...job.options)
  // It would ask ffmpeg for its formats and encoders first, in processes that nothing can stop.
  return Object.assign(command, {
    _checkCapabilities: (checked: () => void) => checked(),
    availableEncoders: (found: (error: null, encoders: object) => void) => found(null, {}),
  })
}
