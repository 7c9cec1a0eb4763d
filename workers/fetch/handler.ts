import { mkdir, rm } from 'node:fs/promises'
import type { FactsStore } from '../../queues/facts.ts'
import { StageError } from '../../queues/failure.ts'
import { productionId } from '../../queues/flow.ts'
import type { Artifacts } from '../../src/shared/artifacts/artifacts.ts'
import type { Handler } from '../context.ts'
import type { Extractor } from '../extractor/extractor.ts'
import { asFileFailure } from '../file-failure.ts'
import { admit } from './admission.ts'
import { fetchWithRecord } from './fetch-with-record.ts'
import { checkMediaFile, coverExtension } from './media-file-check.ts'

export interface FetchLimits {
  /** For the whole attempt, both questions to the site included. */
  deadlineMs: number
  noProgressMs: number
  maxFileBytes: number
  /** What must stay free on the artifact disk. */
  diskReserveBytes: number
}

interface FetchDeps {
  facts: FactsStore
  artifacts: Pick<Artifacts, 'workDir' | 'keep' | 'reserve'>
  extractor: Extractor
  limits: FetchLimits
}

/** From the site to an artifact: the chosen format of the media that was inspected, and nothing else. */
export function createHandler({ facts, artifacts, extractor, limits }: FetchDeps): Handler<'fetch'> {
  return async ({ data }, context) => {
    const { log, signal, attempt, progress, failPoint } = context
    const { ticket, generation, mediaId, format, linkHash } = data
    const link = await facts.link(linkHash)
    if (link === null) throw new StageError('input_missing', { detail: 'the link is not known any more' })
    const known = await facts.get(mediaId)
    const expectedBytes = known?.choices.find((choice) => choice.format === format)?.sizeBytes ?? null
    const production = productionId(ticket, generation)
    const run = `fetch-${attempt}`
    const { maxFileBytes, diskReserveBytes: reserveBytes } = limits
    const wanted = { production, run, expectedBytes, maxFileBytes, reserveBytes }
    const room = await admit(artifacts, wanted, context)
    let dir: string | undefined
    try {
      const folder = await artifacts.workDir(production, run)
      dir = folder
      const empty = async () => {
        await rm(folder, { recursive: true, force: true })
        await mkdir(folder, { mode: 0o700 })
      }
      const fetched = await fetchWithRecord(
        { facts, extractor, log },
        mediaId,
        {
          ...{ link, format, expectedBytes, dir: folder, signal, onProgress: progress },
          ...{
            deadlineMs: limits.deadlineMs,
            noProgressMs: limits.noProgressMs,
            maxBytes: limits.maxFileBytes,
          },
        },
        empty,
      )
      // A link may lead elsewhere now; under this media key everybody would get what one person's link leads to.
      if (fetched.mediaId !== mediaId)
        throw new StageError('format_gone', { detail: 'the link leads to another media' })
      failPoint('fetched')
      const { extension, sizeBytes } = await checkMediaFile(fetched.path, limits.maxFileBytes)
      const artifact = await artifacts.keep(production, `fetched.${extension}`, fetched.path, { signal })
      const picture = fetched.coverPath ? await coverExtension(fetched.coverPath) : null
      const cover =
        fetched.coverPath && picture
          ? await artifacts.keep(production, `cover.${picture}`, fetched.coverPath, { signal })
          : null
      failPoint('kept')
      log.info({ format, sizeBytes, extension }, 'fetched')
      return {
        artifact,
        sizeBytes,
        title: known?.title ?? fetched.title,
        uploader: known?.uploader ?? fetched.uploader,
        cover,
        ytdlpVersion: await extractor.version(),
      }
    } catch (error) {
      throw asFileFailure(error)
    } finally {
      if (dir) await rm(dir, { recursive: true, force: true })
      await room.release()
    }
  }
}
