import { cachedFields } from '../../queues/cached.ts'
import { failRequest } from '../../queues/end-request.ts'
import type { Events } from '../../queues/events.ts'
import { FAILURES, type FailureCode } from '../../queues/failure.ts'
import { productionId, rootCause } from '../../queues/flow.ts'
import type { Joins } from '../../queues/join.ts'
import type { Notifier } from '../../queues/notifier.ts'
import type { ProductionData } from '../../queues/production.ts'
import type { Queues } from '../../queues/queues.ts'
import type { RequestStore } from '../../queues/requests.ts'
import type { Artifacts } from '../../src/shared/artifacts/artifacts.ts'
import type { Handler } from '../context.ts'
import type { FailPoint } from '../fail-point.ts'

/** Until its upload, a file is served from its artifact, for so long; then the next one to ask starts anew. */
const UNCACHED_TTL_MS = 3600_000

export interface PublishDeps {
  joins: Joins
  queues: Queues
  requests: RequestStore
  notifier: Notifier
  events: Events
  artifacts: Pick<Artifacts, 'remove'>
}

/**
 * Ends a production. It runs whatever became of the stages below, and every step of it can be repeated: the
 * waiters are taken by one script, their sends and the upload have ids of their own, and only then is the taking
 * forgotten. People are served from the artifact while the cache fills.
 */
export function createHandler({
  joins,
  queues,
  requests,
  notifier,
  events,
  artifacts,
}: PublishDeps): Handler<'publish'> {
  const deliver = async (tickets: readonly string[], generation: number) => {
    const jobs: { data: { ticket: string; round: number }; jobId: string }[] = []
    // All at once: until their sends are there, thousands wait for nothing.
    for (const request of await requests.getMany(tickets))
      if (request?.state === 'delivering' && request.generation === generation)
        jobs.push({
          data: { ticket: request.ticket, round: request.round },
          jobId: `${request.ticket}-${request.round}`,
        })
    await queues.addMany('send', jobs)
  }

  const tell = async (
    id: string,
    { mediaKey: key, generation }: ProductionData,
    failure: FailureCode,
    failPoint: FailPoint,
  ) => {
    const tickets = await joins.finish(key, generation, { fields: null, ttlMs: 0, from: '', to: '' })
    failPoint('taken')
    for (const ticket of tickets) {
      const request = await requests.get(ticket)
      // Who has left, or waits for another generation by now, is not meant.
      if (request?.generation === generation && ['producing', 'failed'].includes(request.state))
        await failRequest({ requests, notifier, events }, request, failure, 'publish')
    }
    // What the stages below had made a replay can use. An honest answer is not replayed, and a full disk wants room.
    if (!FAILURES[failure].deadLetter || failure === 'disk_full') await artifacts.remove(id)
    await joins.told(key, generation)
    return tickets.length
  }

  return async ({ data, input: made }, { failPoint }) => {
    const { mediaKey: key, generation } = data
    const id = productionId(data.ticket, generation)
    if (!made) {
      const failure = await rootCause(queues, id)
      return { outcome: failure, waiters: await tell(id, data, failure, failPoint) }
    }
    const fields = cachedFields({
      file: made.file,
      media: null,
      thumbnail: null,
      artifact: made.artifact,
      artifactThumbnail: made.thumbnail,
    })
    const tickets = await joins.finish(key, generation, {
      ...{ fields, ttlMs: UNCACHED_TTL_MS },
      ...{ from: 'producing', to: 'delivering' },
    })
    failPoint('taken')
    await deliver(tickets, generation)
    await queues.add('upload', { ...data, input: made }, { jobId: id })
    failPoint('added')
    await joins.drained(key, generation)
    return { outcome: 'made', waiters: tickets.length }
  }
}
