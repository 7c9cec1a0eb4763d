import type { FlowJob } from 'bullmq'
import { type FailureCode, failureCodeOf } from './failure.ts'
import { inspectionKey, type Joins } from './join.ts'
import type { DataOf, StageName } from './pipeline.ts'
import type { ProductionData } from './production.ts'
import { jobOptions, type Queues } from './queues.ts'

/** The id of all jobs of one generation, in whatever queue: the ticket that started it, and its number. */
export const productionId = (starter: string, generation: number) => `${starter}-${generation}`

/** The stages of a production in the order of the work; a helper below nests them as BullMQ wants it. */
const PRODUCTION = ['fetch', 'transcode'] as const satisfies readonly StageName[]
export type ProductionStage = (typeof PRODUCTION)[number]

/** By its own stage's clock, where there are several (`fairness.production`). */
type Priorities = number | Record<ProductionStage, number>

/** Stages whose jobs are work that people wait for: it can be cancelled, and is shared out fairly. */
export const isShared = (name: StageName): boolean =>
  name === 'inspect' || PRODUCTION.some((stage) => stage === name)

/**
 * One production as a flow: publish <- transcode <- fetch. A failed stage fails those above it, but publish runs all
 * the same: a root that must tell people may never hang on a child (BullMQ: without an option it waits for ever), and
 * never be skipped.
 * @param from where the work begins: what is below was done before, and `data.input` is what it handed over.
 */
export function productionFlow(
  data: ProductionData,
  priority: Priorities,
  from: ProductionStage = 'fetch',
): FlowJob {
  const jobId = productionId(data.ticket, data.generation)
  let below: FlowJob | undefined
  for (const name of PRODUCTION.slice(PRODUCTION.indexOf(from))) {
    const last = name === PRODUCTION.at(-1)
    below = {
      name,
      queueName: name,
      data: name === from ? data : { ...data, input: undefined },
      opts: {
        ...jobOptions(name),
        jobId,
        priority: typeof priority === 'number' ? priority : priority[name],
        ...(last ? { ignoreDependencyOnFailure: true } : { failParentOnFailure: true }),
      },
      ...(below ? { children: [below] } : {}),
    }
  }
  return {
    name: 'publish',
    queueName: 'publish',
    data: { ...data, input: undefined },
    opts: { ...jobOptions('publish'), jobId },
    ...(below ? { children: [below] } : {}),
  }
}

type InspectionData = DataOf<'inspect'>

/** One inspection as a flow: intake (`inspected`) <- inspect. */
export function inspectionFlow(data: InspectionData, priority: number): FlowJob {
  const jobId = productionId(data.ticket, data.generation)
  return {
    name: 'intake',
    queueName: 'intake',
    data: { kind: 'inspected', ...data },
    opts: { ...jobOptions('intake'), jobId },
    children: [
      {
        name: 'inspect',
        queueName: 'inspect',
        data,
        opts: { ...jobOptions('inspect'), jobId, priority, ignoreDependencyOnFailure: true },
      },
    ],
  }
}

/**
 * Makes sure that a generation's flow exists, whoever was to add it. Repeating it changes nothing: the root is
 * looked for first, because re-adding under a finished root would run the children again.
 */
async function ensureFlow(
  queues: Queues,
  joins: Joins,
  key: string,
  generation: number,
  flow: FlowJob,
): Promise<void> {
  const root = flow.queueName === 'publish' ? queues.queue('publish') : queues.queue('intake')
  if (!(await root.getJob(flow.opts?.jobId ?? ''))) await queues.addFlow(flow)
  await joins.confirm(key, generation)
}

export const ensureProduction = (
  queues: Queues,
  joins: Joins,
  data: ProductionData,
  priority: Priorities,
  from?: ProductionStage,
) => ensureFlow(queues, joins, data.mediaKey, data.generation, productionFlow(data, priority, from))

export const ensureInspection = (queues: Queues, joins: Joins, data: InspectionData, priority: number) =>
  ensureFlow(queues, joins, inspectionKey(data.linkHash), data.generation, inspectionFlow(data, priority))

/**
 * Why a flow failed: the reason of the lowest job that failed by itself. Those above it only say that their
 * child failed.
 */
export async function rootCause(
  queues: Queues,
  jobId: string,
  stages: readonly StageName[] = PRODUCTION,
): Promise<FailureCode> {
  for (const name of stages) {
    const job = await queues.queue(name).getJob(jobId)
    // A job that came through at a later attempt keeps the reason of the one before.
    if (job?.failedReason && !/^child .* failed$/.test(job.failedReason) && (await job.isFailed()))
      return failureCodeOf(job.failedReason)
  }
  return 'internal'
}
