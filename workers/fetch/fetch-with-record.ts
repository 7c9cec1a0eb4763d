import type { FactsStore } from '../../queues/facts.ts'
import type { Logger } from '../../src/shared/logger.ts'
import { ExtractionError, type Extractor, type Fetched, type FetchRequest } from '../extractor/extractor.ts'

interface RecordDeps {
  facts: Pick<FactsStore, 'info' | 'forgetInfo'>
  extractor: Extractor
  log: Logger
}

/**
 * Fetches with what inspect learned while that is fresh, which spares the site a question and the person a second
 * or more. When the site does not stand by it any more, it is forgotten and the site is asked again.
 */
export async function fetchWithRecord(
  { facts, extractor, log }: RecordDeps,
  mediaId: string,
  request: FetchRequest,
  emptyDir: () => Promise<void>,
): Promise<Fetched> {
  const startMs = performance.now()
  const infoJson = await facts.info(mediaId)
  if (infoJson === null) return await extractor.fetch(request)
  try {
    return await extractor.fetch({ ...request, infoJson })
  } catch (error) {
    if (!isStale(error)) throw error
    log.info({ code: error.code, httpStatus: error.httpStatus }, 'the record is stale, asking the site again')
  }
  await facts.forgetInfo(mediaId)
  await emptyDir()
  const deadlineMs = Math.max(1, request.deadlineMs - (performance.now() - startMs))
  return await extractor.fetch({ ...request, deadlineMs })
}

/** Media addresses expire, and belong to formats that a site may drop. */
function isStale(error: unknown): error is ExtractionError {
  if (!(error instanceof ExtractionError)) return false
  return [401, 403, 404, 410].includes(error.httpStatus ?? 0) || error.code === 'format_gone'
}
