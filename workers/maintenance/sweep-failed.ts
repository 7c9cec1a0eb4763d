import type { Job } from 'bullmq'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { DeadLetter } from '../../queues/dead-letter.ts'
import { DEAD_LETTER_TTL_MS, type DeadLetters, deadLetterId } from '../../queues/dead-letters.ts'
import { FAILURES, failureCodeOf } from '../../queues/failure.ts'
import type { Keys } from '../../queues/keys.ts'
import { STAGE_NAMES, type StageName } from '../../queues/pipeline.ts'
import { lastPostMortem } from '../../queues/post-mortem.ts'
import type { Queues } from '../../queues/queues.ts'
import { Ticket } from '../../queues/request.ts'
import type { RequestStore } from '../../queues/requests.ts'
import { redact } from '../../src/shared/logger.ts'
import { saveLinks } from './save-links.ts'

/** Scores come from the clocks of many processes, and jobs that fail at once are written one after the other. */
const OVERLAP_MS = 5000
/** A clock that was set back puts failures behind the cursor: now and then all are looked at. */
const FULL_SWEEP_EVERY_MS = 3600_000
const PAGE = 200

export interface SweepFailedDeps {
  redis: Redis
  keys: Keys
  queues: Queues
  requests: Pick<RequestStore, 'get' | 'createWithin'>
  deadLetters: Pick<DeadLetters, 'add' | 'known' | 'trim'>
}

/**
 * Makes dead letters of jobs that failed for good, from BullMQ's sets of failed jobs: they are written in the same step
 * as the failure, while its events miss the jobs whose workers died (research/bullmq.md, section 5). The cursor moves
 * after the records are written, so whatever is torn off is done again, and adds nothing twice.
 * @returns how many are new.
 */
export async function sweepFailed(deps: SweepFailedDeps, nowMs: number): Promise<number> {
  let added = 0
  // Not the jobs of this stage itself: its schedule runs them again.
  for (const stage of STAGE_NAMES) if (stage !== 'maintenance') added += await sweepStage(stage, deps, nowMs)
  await deps.deadLetters.trim(nowMs)
  return added
}

async function sweepStage(stage: StageName, deps: SweepFailedDeps, nowMs: number): Promise<number> {
  const { redis, keys } = deps
  const [cursor, fullAtMs] = await redis.hmget(keys.failedCursor, stage, `${stage}:full`)
  const isFull = nowMs - Number(fullAtMs ?? 0) > FULL_SWEEP_EVERY_MS
  const fromMs = isFull ? nowMs - DEAD_LETTER_TTL_MS : Number(cursor ?? 0) - OVERLAP_MS
  let added = 0
  let seenMs = Number(cursor ?? 0)
  let unsettledMs = Number.POSITIVE_INFINITY
  for (let offset = 0; ; offset += PAGE) {
    const failed = await failedSince(stage, fromMs, offset, deps)
    const known = await deps.deadLetters.known(failed.map(({ id }) => id))
    for (const { id, jobId, atMs } of failed) {
      seenMs = Math.max(seenMs, atMs)
      if (known.has(id)) continue
      const found = await examine(stage, jobId, deps)
      if (found === 'unsettled') unsettledMs = Math.min(unsettledMs, atMs)
      else if (found && (await deps.deadLetters.add(found))) added++
    }
    if (failed.length < PAGE) break
  }
  // Neither past what may still be mended, nor into a future that a wrong clock has made up.
  await redis.hset(keys.failedCursor, stage, Math.min(seenMs, unsettledMs, nowMs))
  if (isFull) await redis.hset(keys.failedCursor, `${stage}:full`, nowMs)
  return added
}

async function failedSince(
  stage: StageName,
  fromMs: number,
  offset: number,
  { redis, keys }: SweepFailedDeps,
) {
  const flat = await redis.zrangebyscore(
    ...([`${keys.prefix}:${stage}:failed`, fromMs, '+inf', 'WITHSCORES', 'LIMIT', offset, PAGE] as const),
  )
  return flat.flatMap((jobId, index) => {
    const atMs = Number(flat[index + 1])
    return index % 2 === 0 ? [{ jobId, atMs, id: deadLetterId(stage, jobId, atMs) }] : []
  })
}

/** What a failed job is: a record, nothing that an operator should see, or not decided yet. */
async function examine(
  stage: StageName,
  jobId: string,
  { queues, requests }: SweepFailedDeps,
): Promise<DeadLetter | 'unsettled' | null> {
  const queue = queues.queue(stage)
  const job = await queue.getJob(jobId)
  // It was removed or runs again meanwhile; a stage that fails with the one below it is not the cause.
  if (!job?.finishedOn || !job.failedReason || /^child .* failed$/.test(job.failedReason)) return null
  const code = failureCodeOf(job.failedReason)
  if (!FAILURES[code].deadLetter) return null
  if (stage === 'intake') await saveLinks(job.data, requests)
  if (stage === 'send' && (await isOnItsWay(job, requests))) return 'unsettled'
  const facts = Facts.parse(job.data)
  const { logs } = await queue.getJobLogs(jobId)
  const crashes = job.stalledCounter
  // What an earlier attempt has said is not why the worker died in the end.
  const words = code === 'stalled' && crashes > 0 ? null : lastPostMortem(logs)
  return {
    id: deadLetterId(stage, jobId, job.finishedOn),
    stage,
    jobId,
    ticket: facts.ticket ?? null,
    code,
    reason: redact(job.failedReason).slice(0, 300),
    failedAtMs: job.finishedOn,
    attempts: job.attemptsMade,
    crashes,
    site: siteOf(stage, job.failedReason, facts.mediaId),
    mediaKey: facts.mediaKey ?? null,
    stderr: words?.stderr ?? [],
    versions: words?.versions ?? {},
    data: stage === 'intake' ? null : { ...job.data, input: undefined },
    input: Object.values(await job.getChildrenValues())[0] ?? facts.input ?? null,
  }
}

/** What is known of a job, whatever stands in it: one odd job must not hold up the sweep. */
const Facts = z
  .object({
    ticket: Ticket.optional().catch(undefined),
    round: z.number().optional().catch(undefined),
    mediaId: z.string().optional().catch(undefined),
    mediaKey: z.string().optional().catch(undefined),
    input: z.unknown().optional(),
  })
  .catch({})

/** A delivery whose worker died is tried again by the reconciler before anybody gives it up. */
async function isOnItsWay(job: Job, requests: SweepFailedDeps['requests']): Promise<boolean> {
  const { ticket, round } = Facts.parse(job.data)
  const request = ticket ? await requests.get(ticket) : null
  return request?.state === 'delivering' && request.round === round
}

/** The extractor's name: of a media that is known, or as the extractor itself said why it could not inspect. */
function siteOf(stage: StageName, reason: string, mediaId: string | undefined): string | null {
  if (mediaId) return mediaId.split('.', 1)[0] || null
  return stage === 'inspect' ? (/^[a-z_]+: ([\w:+-]{1,40}),/.exec(reason)?.[1] ?? null) : null
}
