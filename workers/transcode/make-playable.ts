import { join } from 'node:path'
import { StageError } from '../../queues/failure.ts'
import type { Format } from '../../queues/media.ts'
import { transcode } from '../../queues/stages/transcode.ts'
import type { StageContext } from '../context.ts'
import { checkEncode, type TranscodeLimits } from './budget.ts'
import { capOptions, checkResult } from './check-result.ts'
import type { Ffmpeg } from './ffmpeg.ts'
import { inputFence, pixelFence } from './input-fence.ts'
import type { Looked } from './look.ts'
import { planTranscode } from './plan.ts'
import type { AudioTags, Plan } from './transcode-plan.ts'

export interface PlayableDeps {
  ffmpeg: Ffmpeg
  /** Looks at what was made. */
  look(path: string): Promise<Looked>
  limits: TranscodeLimits
}

export interface Source extends Looked {
  path: string
  format: Format
  tags: AudioTags
  /** A JPEG of ours. */
  cover: string | null
}

export interface Playable extends Looked {
  plan: Plan
  /** The source itself for `as_is`, otherwise a new file in the work folder. */
  path: string
}

/** A minute before the stage's own limit, so that it is us who say what happened. */
const DEADLINE_MS = transcode.timeoutMs - 60_000
/** Moving the index of a large file to its front takes minutes on a slow disk, and reports nothing. */
const STALL_MS = 10 * 60_000
/** Failures of copying that encoding may get around: broken time stamps, for one. */
const COPY_FAILURES = ['transcode_failed', 'not_media']

/** Plans and does what is needed, and looks at what came out. A copy that does not play is encoded instead. */
export async function makePlayable(
  source: Source,
  deps: PlayableDeps,
  dir: string,
  context: StageContext,
): Promise<Playable> {
  const settings = {
    canToneMap: source.facts.video?.hdr ? await deps.ffmpeg.canToneMap() : false,
    tags: source.tags,
    hasCover: source.cover !== null,
  }
  const plan = planTranscode(source.facts, source.format, settings)
  try {
    return await carryOut(plan, source, deps, dir, context)
  } catch (error) {
    const hopeful = error instanceof StageError && COPY_FAILURES.includes(error.code)
    if (plan.treatment !== 'remux' || !hopeful || context.signal.aborted) throw error
    context.log.info({ err: error }, 'a copy does not do')
    const encode = planTranscode(source.facts, source.format, { ...settings, copyFailed: true })
    return await carryOut(encode, source, deps, dir, context)
  }
}

async function carryOut(
  plan: Plan,
  source: Source,
  { ffmpeg, look, limits }: PlayableDeps,
  dir: string,
  { log, signal, progress }: StageContext,
): Promise<Playable> {
  const { facts, path, format, picture } = source
  log.info({ treatment: plan.treatment, why: plan.why }, 'planned')
  if (plan.treatment === 'as_is') return { plan, path, facts, picture }
  if (plan.encodesVideo && facts.video) checkEncode(facts.video, limits)
  const output = join(dir, `ready.${plan.extension}`)
  const inputs = [{ path, options: [...inputFence, ...pixelFence] }]
  if (plan.usesCover && source.cover) inputs.push({ path: source.cover, options: ['-f', 'jpeg_pipe'] })
  await ffmpeg.run(
    {
      inputs,
      options: [...plan.options, ...capOptions(facts, plan, limits)],
      output,
      durationS: facts.durationS,
    },
    {
      signal,
      cwd: dir,
      deadlineMs: DEADLINE_MS,
      stallMs: STALL_MS,
      onProgress: (percent) => progress({ percent, doneBytes: null, totalBytes: null }),
    },
  )
  const made = await look(output).catch((error: unknown) => {
    // What we made is no media: our failure, not the source's.
    const ours = error instanceof StageError && error.code === 'not_media'
    throw ours ? new StageError('transcode_failed', { cause: error }) : error
  })
  checkResult(facts, plan, made.facts, format, limits)
  return { plan, path: output, ...made }
}
