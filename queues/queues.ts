import { type FlowJob, FlowProducer, type JobsOptions, Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { DataOf, ResultOf, StageName } from './pipeline.ts'
import { PIPELINE } from './pipeline.ts'

/** The type of backoff that `run-stage.ts` knows how to compute. */
export const BACKOFF = 'stage'

/** Long enough that a replayed update, or a flow that is added again, finds its old job. */
const KEEP_COMPLETED_S = 24 * 3600
const KEEP_COMPLETED_JOBS = 5000
/** Failed jobs are what dead letters are made from. */
const KEEP_FAILED_S = 7 * 24 * 3600
/** Post-mortems per job: of the last attempts. Stages that wait out an outage have very many. */
const KEEP_LOGS = 3

/** The contract of a stage by its name. */
export function stageNamed<N extends StageName>(name: N) {
  const stage = PIPELINE.find((candidate) => candidate.name === name)
  if (!stage) throw new RangeError(`no stage is called ${name}`)
  return stage
}

/** What every job of a stage is added with. */
export function jobOptions(name: StageName): JobsOptions {
  const { attempts, backoffMs } = stageNamed(name)
  return {
    attempts,
    backoff: { type: BACKOFF, delay: backoffMs },
    removeOnComplete: { age: KEEP_COMPLETED_S, count: KEEP_COMPLETED_JOBS },
    removeOnFail: { age: KEEP_FAILED_S },
    stackTraceLimit: 1,
    keepLogs: KEEP_LOGS,
  }
}

type AddOptions = { jobId: string } & Pick<JobsOptions, 'priority' | 'delay' | 'deduplication'>

export type Queues = ReturnType<typeof createQueues>

/** The producers' side of every queue. Connections are made when a queue is first used. */
export function createQueues(redis: Redis, prefix: string) {
  const opened = new Map<StageName, Queue>()
  let flowProducer: FlowProducer | undefined
  const queue = (name: StageName): Queue => {
    let known = opened.get(name)
    if (!known) {
      known = new Queue(name, { connection: redis, prefix })
      // Without a listener an outage would end the process; commands fail by themselves and say so.
      known.on('error', () => undefined)
      opened.set(name, known)
    }
    return known
  }

  return {
    queue,

    /** Adds a whole flow, or nothing of it. */
    async addFlow(flow: FlowJob): Promise<void> {
      if (!flowProducer) {
        flowProducer = new FlowProducer({ connection: redis, prefix })
        flowProducer.on('error', () => undefined)
      }
      try {
        await flowProducer.add(flow)
      } catch (error) {
        // ioredis remembers per connection which scripts the server knows. After a fail-over behind a proxy the server
        // is another one on the same connection, and inside MULTI nothing sends the script again.
        if (!(error instanceof Error && error.message.includes('NOSCRIPT'))) throw error
        redis.disconnect(true)
        await flowProducer.add(flow)
      }
    },

    /** Adds one job. An id that exists already is the same job: nothing happens. */
    async add<N extends StageName>(name: N, data: DataOf<N>, options: AddOptions): Promise<void> {
      await queue(name).add(name, data, { ...jobOptions(name), ...options })
    },

    /** Adds many. Not atomic: ids must be such that it can be repeated. */
    async addMany<N extends StageName>(
      name: N,
      jobs: readonly { data: DataOf<N>; jobId: string }[],
    ): Promise<void> {
      const options = jobOptions(name)
      for (let start = 0; start < jobs.length; start += 500) {
        const chunk = jobs.slice(start, start + 500)
        await queue(name).addBulk(
          chunk.map(({ data, jobId }) => ({ name, data, opts: { ...options, jobId } })),
        )
      }
    },

    /** Lets jobs that wait for a moment run now. It is a courtesy: what goes wrong, or waits no more, runs in its time. */
    async hurry(name: StageName, jobIds: readonly string[]): Promise<void> {
      const hurryOne = async (jobId: string) => (await queue(name).getJob(jobId))?.promote()
      await Promise.allSettled(jobIds.map(hurryOne))
    },

    /** What a finished job of a stage handed over; null when there is no such job, or it did not finish. */
    async resultOf<N extends StageName>(name: N, jobId: string): Promise<ResultOf<N> | null> {
      const job = await queue(name).getJob(jobId)
      const parsed = stageNamed(name).result.safeParse(job?.returnvalue)
      // The list's type cannot tell the compiler that this stage's schema gives this stage's result.
      return parsed.success ? (parsed.data as ResultOf<N>) : null
    },

    async close(): Promise<void> {
      await Promise.all([...[...opened.values()].map((open) => open.close()), flowProducer?.close()])
    },
  }
}
