import type { Job } from 'bullmq'
import { type DataOf, isStageName, type StageName } from '../../queues/pipeline.ts'
import type { Queues } from '../../queues/queues.ts'
import { stageNamed } from '../../queues/queues.ts'

interface Entry {
  data: unknown
  state: 'waiting' | 'failed'
  failedReason?: string
}

/**
 * Stands in for the queues where a test decides what runs when: a job is noted under its id, once, and whoever
 * listens to its stage hears of it.
 */
export function createJobBook() {
  const books = new Map<StageName, Map<string, Entry>>()
  const listeners = new Map<StageName, (data: unknown, jobId: string) => void>()
  const bookOf = (name: StageName) => {
    const book = books.get(name) ?? new Map<string, Entry>()
    books.set(name, book)
    return book
  }
  const note = (name: StageName, jobId: string, data: unknown) => {
    const book = bookOf(name)
    if (book.has(jobId)) return
    book.set(jobId, { data, state: 'waiting' })
    listeners.get(name)?.(stageNamed(name).data.parse(data), jobId)
  }
  const jobOf = (name: StageName, jobId: string): Partial<Job> | undefined => {
    const entry = bookOf(name).get(jobId)
    return (
      entry && {
        ...(entry.failedReason ? { failedReason: entry.failedReason } : {}),
        isFailed: async () => entry.state === 'failed',
        getState: async () => entry.state,
        remove: async () => void bookOf(name).delete(jobId),
      }
    )
  }

  const queues = {
    queue: (name: StageName) => ({ getJob: async (jobId: string) => jobOf(name, jobId) }),
    add: async (name: StageName, data: unknown, { jobId }: { jobId: string }) => note(name, jobId, data),
    async addMany(name: StageName, jobs: readonly { data: unknown; jobId: string }[]) {
      for (const { data, jobId } of jobs) note(name, jobId, data)
    },
    async addFlow({ queueName, data, opts }: Parameters<Queues['addFlow']>[0]) {
      if (isStageName(queueName)) note(queueName, opts?.jobId ?? '', data)
    },
    resultOf: async () => null,
  }
  return {
    // What BullMQ's own classes have besides is not used by those who are tested with it.
    queues: queues as unknown as Queues,
    on<N extends StageName>(name: N, listener: (data: DataOf<N>, jobId: string) => void): void {
      listeners.set(name, (data, jobId) => listener(data as DataOf<N>, jobId))
    },
    /** A job below has failed for good. */
    fail(name: StageName, jobId: string, failedReason: string): void {
      bookOf(name).set(jobId, { data: null, state: 'failed', failedReason })
    },
  }
}
