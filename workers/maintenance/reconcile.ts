import { failRequest } from '../../queues/end-request.ts'
import type { Events } from '../../queues/events.ts'
import { failureCodeOf } from '../../queues/failure.ts'
import { productionId } from '../../queues/flow.ts'
import { inspectionKey, type Joins } from '../../queues/join.ts'
import type { Mend, Mends } from '../../queues/mends.ts'
import type { Notifier } from '../../queues/notifier.ts'
import type { StageName } from '../../queues/pipeline.ts'
import type { Queues } from '../../queues/queues.ts'
import type { Request } from '../../queues/request.ts'
import type { RequestStore } from '../../queues/requests.ts'
import type { Logger } from '../../src/shared/logger.ts'
import type { FailPoint } from '../fail-point.ts'

/** Younger requests are on their way; a look at them would only disturb. */
const SETTLED_MS = 30_000
/** A delivery whose workers died is begun again so often before it is given up. */
const MOST_SENDS_AGAIN = 3

export interface ReconcileDeps {
  requests: RequestStore
  joins: Joins
  queues: Queues
  notifier: Notifier
  events: Events
  mends: Mends
  failPoint?: FailPoint
}

/**
 * Compares what people are owed with the jobs that should be on it, and repairs what a crash, a lost second of
 * Redis or a removed job left behind. Each repair uses the ordinary way: a job that can be repeated.
 * @param nowMs by the clock of Redis.
 * @returns how many requests were mended.
 */
export async function reconcile(deps: ReconcileDeps, log: Logger, nowMs: number): Promise<number> {
  const { requests, mends } = deps
  let mended = 0
  for (const ticket of await requests.owed(nowMs - SETTLED_MS)) {
    const request = await requests.get(ticket)
    const mend = request ? await mendRequest(request, deps, nowMs) : 'forgotten'
    if (!request) await requests.forget(ticket)
    if (!mend) continue
    deps.failPoint?.('mended')
    mended++
    await mends.mended(mend, log, { ticket, state: request?.state })
  }
  return mended
}

async function mendRequest(request: Request, deps: ReconcileDeps, nowMs: number): Promise<Mend | null> {
  switch (request.state) {
    case 'asked':
      // Above the free downloads, it waits on purpose, and then for its turn.
      return request.waitUntilMs + SETTLED_MS > nowMs ? null : await restart(request, deps, nowMs)
    case 'inspecting':
      return await mendWork(request, inspectionKey(request.linkHash), 'intake', deps, nowMs)
    case 'producing':
      return await mendWork(request, request.mediaKey ?? '', 'publish', deps, nowMs)
    case 'delivering':
      return await mendDelivery(request, deps)
    case 'choosing':
    case 'failed':
    case 'cancelled':
      return await mendTicket(request, deps)
    case 'delivered':
      await deps.requests.shown(request.ticket, request.view)
      return null
  }
}

/** The next step of a request, once a minute at most. @returns null when this minute's is on its way. */
async function restart(
  { ticket, round }: Request,
  { queues, failPoint }: ReconcileDeps,
  nowMs: number,
): Promise<Mend | null> {
  const jobId = `${ticket}-again-${round}-${Math.floor(nowMs / 60_000)}`
  if (await queues.queue('intake').getJob(jobId)) return null
  failPoint?.('found')
  // Without its round: by the time this runs it may be on its way, and a second delivery must not begin.
  await queues.add('intake', { kind: 'resume', ticket, round: null }, { jobId })
  return 'restarted'
}

/** Somebody waits: is the work still going on, and will its end find them? */
async function mendWork(
  request: Request,
  key: string,
  root: StageName,
  deps: ReconcileDeps,
  nowMs: number,
): Promise<Mend | null> {
  const { joins, queues, requests } = deps
  const { state, generation = '', starter = '' } = await joins.shared(key)
  const isWaiting = (await joins.waiters(key)).includes(request.ticket)
  if (state !== 'inflight' || !isWaiting) {
    if (!(await requests.move(request.ticket, [request.state], 'asked'))) return null
    return await restart(request, deps, nowMs)
  }
  const job = await queues.queue(root).getJob(productionId(starter, Number(generation)))
  if (!job) {
    await joins.unconfirm(key, Number(generation))
    return (await restart(request, deps, nowMs)) && 'flow_again'
  }
  if ((await job.getState()) !== 'failed') return null
  await job.retry('failed', { resetAttemptsMade: true })
  return 'root_again'
}

/** Somebody should get their media now: is there a job that will do it? */
async function mendDelivery(request: Request, deps: ReconcileDeps): Promise<Mend | null> {
  const { ticket, round, sendsAgain } = request
  const { queues, requests } = deps
  const jobId = `${ticket}-${round}`
  const job = await queues.queue('send').getJob(jobId)
  const state = await job?.getState()
  // Its workers may have died of a neighbour in the same process.
  const isInnocent = failureCodeOf(job?.failedReason) === 'stalled' && sendsAgain < MOST_SENDS_AGAIN
  if (state === 'failed' && isInnocent) await requests.set(ticket, { sendsAgain: sendsAgain + 1 })
  else if (state === 'failed') {
    await failRequest(deps, request, 'telegram_unavailable', 'send')
    return 'gave_up'
  }
  if (job && state !== 'completed' && state !== 'failed') return null
  // Its id is taken by a job that ended without an end of the request.
  await job?.remove()
  deps.failPoint?.('found')
  await queues.add('send', { ticket, round }, { jobId })
  return 'send_again'
}

/** Somebody was to read something: have they? */
async function mendTicket(
  request: Request,
  { queues, notifier, requests, failPoint }: ReconcileDeps,
): Promise<Mend | null> {
  const { ticket, view, shownView } = request
  if (shownView >= view) {
    await requests.shown(ticket, view)
    return null
  }
  const state = await (await queues.queue('notify').getJob(`${ticket}-${view}`))?.getState()
  if (state && state !== 'failed' && state !== 'completed') return null
  failPoint?.('found')
  await notifier.touch(ticket)
  return 'told_again'
}
