import { StageError } from '../../queues/failure.ts'
import type { Format } from '../../queues/media.ts'
import { affordableFrames, type TranscodeLimits } from './budget.ts'
import type { FileFacts } from './file-facts.ts'
import { planTranscode } from './plan.ts'
import type { Plan } from './transcode-plan.ts'

/** Longer than allowed by rounding, or by a header that lied: this much lies between the two. */
const OVERTIME_S = 30

/** A source says how long and how large it is; these options hold it to that, whatever it says. */
export function capOptions(facts: FileFacts, plan: Plan, limits: TranscodeLimits): string[] {
  return [
    ...['-t', String(limits.maxDurationS + OVERTIME_S), '-fs', String(limits.maxFileBytes)],
    ...(plan.encodesVideo && facts.video
      ? ['-frames:v', String(affordableFrames(facts.video, limits) + 1)]
      : []),
  ]
}

/**
 * Whether the file that was made is whole and plays.
 * @throws StageError `too_large`, `too_long`, `over_budget` (it ran into a cap), `not_media` (the source ended
 * early), `transcode_failed` (it still would not play).
 */
export function checkResult(
  source: FileFacts,
  plan: Plan,
  result: FileFacts,
  format: Format,
  limits: TranscodeLimits,
): void {
  // ffmpeg stops at the cap, so a file of just that size is not whole either.
  if (result.sizeBytes >= limits.maxFileBytes) throw new StageError('too_large')
  const durationS = result.durationS ?? 0
  if (durationS > limits.maxDurationS + OVERTIME_S / 2) throw new StageError('too_long')
  if (
    plan.encodesVideo &&
    source.video &&
    (result.video?.frames ?? 0) > affordableFrames(source.video, limits)
  )
    throw new StageError('over_budget', { detail: 'more pictures than it said' })
  if (source.durationS !== null && durationS < source.durationS / 2)
    throw new StageError('not_media', { detail: 'the source ends early' })
  const again = planTranscode(result, plan.kind === 'audio' ? audioFormat(plan) : format, {
    canToneMap: false,
  })
  if (result.video === null && plan.kind === 'video')
    throw new StageError('transcode_failed', { detail: 'no video' })
  if (again.treatment !== 'as_is') throw new StageError('transcode_failed', { detail: again.why.join(', ') })
}

const audioFormat = (plan: Plan): Format => ({
  kind: 'audio',
  codec: plan.extension === 'mp3' ? 'mp3' : 'm4a',
})
