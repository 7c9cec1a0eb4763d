import type { FactsStore } from '../../queues/facts.ts'
import { StageError } from '../../queues/failure.ts'
import type { Choice, MediaFacts } from '../../queues/media.ts'
import type { Handler } from '../context.ts'
import type { Extractor } from '../extractor/extractor.ts'
import { mediaIdOf } from '../extractor/media-id.ts'
import { titleOf, uploaderOf } from '../extractor/site-text.ts'
import { choicesOf } from './choices.ts'
import { refuseWhatHasNoEnd } from './refuse.ts'

export interface InspectLimits {
  /** For the whole question; below the stage's own `timeoutMs`, so that the reason is known. */
  deadlineMs: number
  maxDurationS: number
  /** Choices that are known to be larger are not offered. */
  maxFileBytes: number
}

interface InspectDeps {
  facts: FactsStore
  extractor: Extractor
  limits: InspectLimits
}

/** Asks the site about a link, once for everybody who waits for it, and keeps what it offers. */
export function createHandler({ facts, extractor, limits }: InspectDeps): Handler<'inspect'> {
  return async ({ data: { linkHash } }, { log, signal, failPoint }) => {
    const link = await facts.link(linkHash)
    if (link === null) throw new StageError('input_missing', { detail: 'the link is not known any more' })
    const { deadlineMs, maxDurationS, maxFileBytes } = limits
    const { info, infoJson } = await extractor.inspect(link, {
      ...{ signal, deadlineMs },
      onRunning: () => failPoint('asking'),
    })
    failPoint('answered')
    refuseWhatHasNoEnd(info, maxDurationS)
    const found: MediaFacts = {
      mediaId: mediaIdOf(info, link),
      extractor: info.extractor,
      title: titleOf(info),
      uploader: uploaderOf(info),
      durationS: info.duration ?? null,
      choices: offered(choicesOf(info), maxFileBytes),
      inspectedAt: new Date().toISOString(),
    }
    await facts.save(linkHash, found)
    failPoint('saved')
    await facts.saveInfo(found.mediaId, infoJson)
    log.info({ extractor: found.extractor, choices: found.choices.map(({ format }) => format) }, 'inspected')
    return { mediaId: found.mediaId }
  }
}

/** @throws StageError `no_media`, or `too_large` when nothing of it may be sent. */
function offered(choices: Choice[], maxFileBytes: number): Choice[] {
  if (choices.length === 0) throw new StageError('no_media')
  const possible = choices.filter(({ sizeBytes }) => sizeBytes === null || sizeBytes <= maxFileBytes)
  if (possible.length === 0) throw new StageError('too_large')
  return possible
}
