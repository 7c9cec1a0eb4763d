import { productionId } from '../../queues/flow.ts'
import type { Joins } from '../../queues/join.ts'
import type { Drain, Leftovers } from '../../queues/leftovers.ts'
import type { Mend, Mends } from '../../queues/mends.ts'
import type { Queues } from '../../queues/queues.ts'
import type { RequestStore } from '../../queues/requests.ts'
import type { Logger } from '../../src/shared/logger.ts'

/** A younger drain is being worked on. Its age is told by Redis. */
const DRAIN_SETTLED_MS = 60_000

export interface WatchdogDeps {
  requests: RequestStore
  joins: Joins
  queues: Queues
  leftovers: Leftovers
  mends: Mends
}

/**
 * Looks for states that nobody is owed anything in, which the reconciler therefore does not see, and the next one to
 * join would stumble over. Every repair is one step that looks again, so healthy work is never touched.
 *
 * | what a crash, or a lost second of Redis, may leave | is found by | and |
 * |---|---|---|
 * | request without a job | reconciler | its next step is taken again |
 * | production without its root, somebody waits | reconciler | the same generation gets its flow again |
 * | production without its root, nobody waits | watchdog | is taken away: the next one starts anew |
 * | root that has ended, production that has not | watchdog | is taken away; the reconciler starts anew for who waits |
 * | root without a record of its production | itself | its stages find that nobody wants them, and it nobody to tell |
 * | in the list of work, without a record | watchdog | is taken off the list |
 * | waiter who does not wait | watchdog | is taken out: they would keep unwanted work alive |
 * | drain half done | its job, which repeats it; else the reconciler | the sends are added; the watchdog removes the rest |
 * | artifact without an owner | the sweep of every process that has artifacts | is removed when it is old |
 * | promise of disk space by a dead process | whoever asks for space next | does not count (shared/artifacts/disk-room.ts) |
 * | unfinished multipart upload | sweep_uploads | is aborted after a day |
 * | object that no media key knows | sweep_objects | is removed after a day |
 * | child process without its parent | its guard (shared/guard.sh) | is killed at once |
 *
 * @returns how much was mended.
 */
export async function watchOver(deps: WatchdogDeps, log: Logger): Promise<number> {
  const { leftovers, mends } = deps
  let count = 0
  const mended = async (mend: Mend, fields: object) => {
    count++
    await mends.mended(mend, log, fields)
  }
  for (const key of await leftovers.inflight()) {
    const mend = await endBrokenWork(key, deps)
    if (mend) await mended(mend.kind, mend.fields)
  }
  for await (const { key, ticket } of leftovers.waiters())
    if (await leftovers.endWaiting(key, ticket)) await mended('waiter_who_does_not_wait', { ticket })
  for await (const drain of leftovers.drains()) {
    if (drain.ageMs < DRAIN_SETTLED_MS) continue
    const safe = await safeOf(drain, deps)
    await leftovers.undrain(drain, safe)
    if (safe.length > 0)
      await mended('drain_left', { generation: drain.generation, left: drain.tickets.length - safe.length })
  }
  return count
}

async function endBrokenWork(
  key: string,
  { joins, queues, leftovers }: WatchdogDeps,
): Promise<{ kind: Mend; fields: object } | null> {
  const { state, generation = '', starter = '' } = await joins.shared(key)
  if (state !== 'inflight') {
    const ended = await leftovers.endWork(key, generation, { onlyUnwanted: false })
    return ended ? { kind: 'inflight_without_work', fields: {} } : null
  }
  const fields = { ticket: starter, generation: Number(generation) }
  const jobId = productionId(starter, Number(generation))
  const root = await queues.queue(key.startsWith('inspect.') ? 'intake' : 'publish').getJob(jobId)
  if (!root || (await root.isFailed())) {
    // It is added, or run again, for whoever waits for it: without them it will not be.
    const ended = await leftovers.endWork(key, generation, { onlyUnwanted: true })
    return ended ? { kind: 'production_without_root', fields } : null
  }
  // A root ends its production before it completes, so there is no moment at which this is right.
  if (!(await root.isCompleted())) return null
  const ended = await leftovers.endWork(key, generation, { onlyUnwanted: false })
  return ended ? { kind: 'production_after_its_end', fields } : null
}

/** The people of a drain for whom a repetition would do nothing: they have their job, or went another way. */
async function safeOf({ generation, tickets }: Drain, { requests, queues }: WatchdogDeps): Promise<string[]> {
  const safe: string[] = []
  for (const ticket of tickets) {
    const request = await requests.get(ticket)
    const isMeant = request?.generation === generation
    if (isMeant && ['asked', 'inspecting', 'producing'].includes(request.state)) continue
    const isSent =
      request?.state !== 'delivering' || (await queues.queue('send').getJob(`${ticket}-${request.round}`))
    if (!isMeant || isSent) safe.push(ticket)
  }
  return safe
}
