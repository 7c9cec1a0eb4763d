import { rm } from 'node:fs/promises'
import { StageError } from '../../queues/failure.ts'
import { productionId } from '../../queues/flow.ts'
import { parseFormat } from '../../queues/media.ts'
import type { Artifacts } from '../../src/shared/artifacts/artifacts.ts'
import type { Handler } from '../context.ts'
import { asFileFailure } from '../file-failure.ts'
import type { TranscodeLimits } from './budget.ts'
import { checkFile } from './budget.ts'
import { prepareCover } from './cover.ts'
import { displayText } from './display-text.ts'
import { createFfmpeg } from './ffmpeg.ts'
import type { FileFacts } from './file-facts.ts'
import { look } from './look.ts'
import { makePlayable } from './make-playable.ts'
import { mediaFile } from './media-file.ts'
import { createProbe } from './probe.ts'
import { coverThumbnail, videoThumbnail } from './thumbnail.ts'

export interface TranscodeDeps {
  artifacts: Pick<Artifacts, 'workDir' | 'keep' | 'open'>
  /** Names or paths. */
  tools: { FFMPEG_PATH: string; FFPROBE_PATH: string }
  limits: TranscodeLimits
}

type Job = Parameters<Handler<'transcode'>>
type Result = Awaited<ReturnType<Handler<'transcode'>>>

/** Makes sure that Telegram plays the file: looks at it, judges it, does as little as possible, looks again. */
export function createHandler({ artifacts, tools, limits }: TranscodeDeps): Handler<'transcode'> {
  const ffmpeg = createFfmpeg(tools.FFMPEG_PATH)
  const probe = createProbe(tools.FFPROBE_PATH)

  const produce = async (dir: string, [{ data, input }, context]: Job): Promise<Result> => {
    if (!input) throw new StageError('input_missing')
    const { signal, log } = context
    const production = productionId(data.ticket, data.generation)
    const path = await artifacts.open(input.artifact, { signal })
    const format = parseFormat(data.format)
    const pictures = { ffmpeg, signal, log, cwd: dir }
    const lookAt =
      format.kind === 'audio'
        ? async (file: string) => ({ facts: await probe(file, { signal }), picture: null })
        : (file: string) => look(file, probe, pictures)
    const { facts, picture } = await lookAt(path)
    checkFile(facts, limits)

    const isAudio = format.kind === 'audio' || !facts.video
    const offered = isAudio && input.cover ? await openCover(input.cover, context) : null
    const cover = isAudio ? await prepareCover({ path, facts, offered }, pictures) : null
    const tags = tagsFrom(input, facts)
    const source = { path, facts, picture, format, tags, cover }
    const made = await makePlayable(source, { ffmpeg, look: lookAt, limits }, dir, context)
    if (made.facts.sizeBytes > limits.maxFileBytes) throw new StageError('too_large')

    const thumbnail = isAudio
      ? cover && (await coverThumbnail(cover, pictures))
      : (made.picture ?? (await videoThumbnail(made.path, made.facts, pictures)))
    context.failPoint('made')
    const keep = (name: string, file: string) => artifacts.keep(production, name, file, { signal })
    const result = {
      artifact: made.path === path ? input.artifact : await keep(`ready.${made.plan.extension}`, made.path),
      thumbnail: thumbnail && (await keep('thumbnail.jpg', thumbnail)),
      file: mediaFile(made.plan, made.facts, tags),
    }
    context.failPoint('kept')
    return result
  }

  const openCover = async (ref: string, { signal, log }: Job[1]): Promise<string | null> => {
    try {
      return await artifacts.open(ref, { signal })
    } catch (error) {
      signal.throwIfAborted()
      log.info({ err: error }, 'the cover is gone')
      return null
    }
  }

  return async (...job) => {
    const [{ data }, context] = job
    try {
      const run = `transcode-${context.attempt}`
      const dir = await artifacts.workDir(productionId(data.ticket, data.generation), run)
      try {
        return await produce(dir, job)
      } finally {
        await rm(dir, { recursive: true, force: true })
      }
    } catch (error) {
      throw asFileFailure(error)
    }
  }
}

/** The file may know what the site does not say. */
function tagsFrom(input: { title: string; uploader: string | null }, facts: FileFacts) {
  return {
    title: displayText(input.title) || displayText(facts.title ?? ''),
    artist: displayText(input.uploader ?? '') || displayText(facts.artist ?? '') || null,
  }
}
