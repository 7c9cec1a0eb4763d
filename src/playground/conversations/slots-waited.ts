import type { Job } from 'bullmq'
import { z } from 'zod'
import type { State } from '../../../queues/state.ts'

/** Stages in which people's work stands in line. */
const STAGES = ['intake', 'inspect', 'fetch', 'transcode'] as const
type Stage = (typeof STAGES)[number]

const Data = z.object({ ticket: z.string().optional(), asker: z.object({ userId: z.number() }).optional() })

/** One job as the line saw it. */
interface Turn {
  userId: number
  readyMs: number
  begunMs: number
}

/**
 * How long each person has stood in line, not by the clock but in slots of work: for every stage, how many jobs of
 * others began between the moment when the person's could and the moment when it did, by the places of the stage. So
 * it is the order that is measured, and not the machine.
 */
export async function slotsWaited(
  { queues, requests }: State,
  userIds: readonly number[],
  places: Record<Stage, number>,
): Promise<Map<number, number>> {
  const slots = new Map(userIds.map((userId) => [userId, 0]))
  const owners = new Map<string, number>()
  const ownerOf = async (job: Job): Promise<number | null> => {
    const { ticket, asker } = Data.parse(job.data)
    if (asker || !ticket) return asker?.userId ?? null
    const userId = owners.get(ticket) ?? (await requests.get(ticket))?.userId
    if (userId !== undefined) owners.set(ticket, userId)
    return userId ?? null
  }
  const endedFetch = new Map<string, number>()
  for (const stage of STAGES) {
    const turns: Turn[] = []
    for (const job of await queues.queue(stage).getJobs(['active', 'completed', 'failed'])) {
      if (stage === 'fetch') endedFetch.set(job.id ?? '', job.finishedOn ?? 0)
      const userId = job.processedOn ? await ownerOf(job) : null
      if (userId === null || job.processedOn === undefined) continue
      // A job above another one can begin when that one has ended.
      const readyMs = stage === 'transcode' ? (endedFetch.get(job.id ?? '') ?? 0) : job.timestamp
      turns.push({ userId, readyMs, begunMs: job.processedOn })
    }
    for (const own of turns) {
      const before = slots.get(own.userId)
      if (before === undefined) continue
      const overtook = turns.filter(
        ({ userId, begunMs }) => userId !== own.userId && begunMs >= own.readyMs && begunMs < own.begunMs,
      )
      slots.set(own.userId, before + overtook.length / places[stage])
    }
  }
  return slots
}
