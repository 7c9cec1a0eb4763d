import { stat } from 'node:fs/promises'
import { execa } from 'execa'
import { StageError } from '../../queues/failure.ts'
import { GUARD } from '../../src/shared/guarded-process.ts'
import { redact } from '../../src/shared/logger.ts'
import { type FileFacts, factsOf, PROBE_ENTRIES, ProbeOutput } from './file-facts.ts'
import { inputFence } from './input-fence.ts'
import { readMp4Layout } from './mp4-layout.ts'

export interface ProbeOptions {
  signal: AbortSignal
}

/**
 * Looks into a local file.
 * @throws StageError `not_media` for what is no audio or video file, or pretends to be one; `timeout`.
 */
export type Probe = (path: string, options: ProbeOptions) => Promise<FileFacts>

/** Headers only: more than this is a machine that does nothing else, or a file made to hold us up. */
const TIMEOUT_MS = 120_000
/** Eight streams are a few kilobytes. */
const MAX_OUTPUT_CHARS = 4_000_000

/** `command`: ffprobe, by name or path. */
export function createProbe(command: string): Probe {
  return async (path, { signal }) => {
    const args = ['-v', 'error', ...inputFence, '-of', 'json', '-show_entries', PROBE_ENTRIES, '-i', path]
    const ended = await execa(GUARD, [command, ...args], {
      reject: false,
      cancelSignal: signal,
      timeout: TIMEOUT_MS,
      // Takes the guard's leader; the rest of its group goes when it sees our pipe closed.
      killSignal: 'SIGKILL',
      maxBuffer: MAX_OUTPUT_CHARS,
    })
    if (ended.isCanceled) throw new StageError('cancelled')
    if (ended.timedOut) throw new StageError('timeout', { detail: 'ffprobe' })
    // What the shell says for a command that is not there.
    if (ended.exitCode === 126 || ended.exitCode === 127)
      throw new StageError('internal', { detail: 'ffprobe cannot be started' })
    if (ended.failed)
      throw new StageError('not_media', {
        cause: new Error(redact(ended.stderr.slice(-500))),
        stderr: ended.stderr,
      })
    const output = ProbeOutput.safeParse(JSON.parse(ended.stdout))
    if (!output.success) throw new StageError('not_media', { detail: 'no container' })
    const isMp4 = output.data.format.format_name.split(',').includes('mp4')
    const { size } = await stat(path)
    return factsOf(output.data, size, isMp4 ? await readMp4Layout(path) : null)
  }
}
