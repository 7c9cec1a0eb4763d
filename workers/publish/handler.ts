import { cachedFields } from '../../queues/cached.ts'
import { failRequest } from '../../queues/end-request.ts'
import type { FailureCode } from '../../queues/failure.ts'
import { productionId, rootCause } from '../../queues/flow.ts'
import type { Joins } from '../../queues/join.ts'
import type { Notifier } from '../../queues/notifier.ts'
import type { ProductionData } from '../../queues/production.ts'
import type { Queues } from '../../queues/queues.ts'
import type { RequestStore } from '../../queues/requests.ts'
import type { Artifacts } from '../../src/shared/artifacts/artifacts.ts'
import type { Handler } from '../context.ts'

/** A file that is not in the cache is served from its artifact for so long; then the next one to ask starts anew. */
const UNCACHED_TTL_MS = 3600_000

export interface PublishDeps {
  joins: Joins
  queues: Queues
  requests: RequestStore
  notifier: Notifier
  artifacts: Pick<Artifacts, 'remove'>
}

/**
 * Ends a production. It runs whatever became of the stages below, and every step of it can be repeated: the
 * waiters are taken by one script, their sends have ids of their own, and only then is the taking forgotten.
 */
export function createHandler({
  joins,
  queues,
  requests,
  notifier,
  artifacts,
}: PublishDeps): Handler<'publish'> {
  const deliver = async (
    key: string,
    generation: number,
    end: { fields: Record<string, string>; ttlMs: number },
  ) => {
    const tickets = await joins.finish(key, generation, { ...end, from: 'producing', to: 'delivering' })
    const jobs: { data: { ticket: string; round: number }; jobId: string }[] = []
    for (const ticket of tickets) {
      const request = await requests.get(ticket)
      if (request?.state === 'delivering' && request.generation === generation)
        jobs.push({ data: { ticket, round: request.round }, jobId: `${ticket}-${request.round}` })
    }
    await queues.addMany('send', jobs)
    await joins.drained(key, generation)
    return jobs.length
  }

  const tell = async (id: string, key: string, generation: number, failure: FailureCode) => {
    const tickets = await joins.finish(key, generation, { fields: null, ttlMs: 0, from: '', to: '' })
    for (const ticket of tickets) {
      const request = await requests.get(ticket)
      // Who has left, or waits for another generation by now, is not meant.
      if (request?.generation === generation && ['producing', 'failed'].includes(request.state))
        await failRequest({ requests, notifier, queues }, request, failure, 'publish')
    }
    // What the stages below had made is of no use to anybody, and may be what filled the disk.
    await artifacts.remove(id)
    await joins.drained(key, generation)
    return tickets.length
  }

  return async ({ data, input }) => {
    const { mediaKey: key, generation } = data
    // A failed upload leaves a finished file: people get it, only the cache does not.
    const made = await queues.resultOf('transcode', idOf(data))
    if (!made) {
      const failure = await rootCause(queues, idOf(data))
      return { outcome: failure, waiters: await tell(idOf(data), key, generation, failure) }
    }
    const fields = cachedFields({
      file: made.file,
      media: input?.media ?? null,
      thumbnail: input?.thumbnail ?? null,
      artifact: made.artifact,
      artifactThumbnail: made.thumbnail,
    })
    const waiters = await deliver(key, generation, { fields, ttlMs: input ? 0 : UNCACHED_TTL_MS })
    return { outcome: input ? 'cached' : 'not cached', waiters }
  }
}

const idOf = (data: ProductionData) => productionId(data.ticket, data.generation)
