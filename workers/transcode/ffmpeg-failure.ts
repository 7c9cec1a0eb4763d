import { type FailureCode, StageError } from '../../queues/failure.ts'
import { redact } from '../../src/shared/logger.ts'

/** The first that fits wins: a full disk also makes ffmpeg say that data is invalid. */
const SYMPTOMS: [RegExp, FailureCode][] = [
  [/No space left on device|Disk quota exceeded/i, 'disk_full'],
  [
    /Error opening input|Invalid data found when processing input|moov atom not found|not on whitelist/i,
    'not_media',
  ],
]
/** ffmpeg ends well although the last bytes could not be written. */
const LOST_BYTES = /No space left on device|Disk quota exceeded|Error writing trailer/i

/** Exit codes of a shell for a command that it cannot start. */
const NO_COMMAND = [126, 127]

/**
 * Pure: what an end of ffmpeg means. `exitCode` is null for an end by a signal.
 * @returns null when all is well.
 */
export function ffmpegFailure(exitCode: number | null, lastLines: readonly string[]): StageError | null {
  const said = lastLines.join('\n')
  if (exitCode === 0 && !LOST_BYTES.test(said)) return null
  if (exitCode !== null && NO_COMMAND.includes(exitCode))
    return new StageError('internal', { detail: 'ffmpeg cannot be started', stderr: said })
  const code = SYMPTOMS.find(([symptom]) => symptom.test(said))?.[1] ?? 'transcode_failed'
  const detail = `ffmpeg ended with ${exitCode}`
  return new StageError(code, { detail, cause: new Error(redact(said)), stderr: said })
}
