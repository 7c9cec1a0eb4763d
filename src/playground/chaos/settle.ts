import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { StageName } from '../../../queues/pipeline.ts'
import type { State } from '../../../queues/state.ts'
import type { World } from '../bot-api/world.ts'
import type { People } from './people.ts'

/** Stages whose jobs people wait for, or that could still put something into a chat. */
const STAGES: StageName[] = ['intake', 'inspect', 'fetch', 'transcode', 'publish', 'send', 'notify']
const LOOK_EVERY_MS = 250
/** Quiet is what has been quiet for so long. */
const QUIET_LOOKS = 8
const SAY_EVERY_LOOKS = 40

/**
 * Waits until nobody is owed anything and nothing is under way.
 * @returns what was still open when the time was over; null when all is quiet.
 */
export async function untilSettled(
  { redis, state, world, people }: { redis: Redis; state: State; world: World; people: People },
  { limitMs, signal, say }: { limitMs: number; signal: AbortSignal; say: (line: string) => void },
): Promise<string | null> {
  const giveUpAt = Date.now() + limitMs
  let quiet = 0
  let looks = 0
  let open: string | null = null
  while (Date.now() < giveUpAt) {
    open = await whatIsOpen()
    quiet = open === null ? quiet + 1 : 0
    looks += 1
    if (open !== null && looks % SAY_EVERY_LOOKS === 0) say(`  still open: ${open}`)
    if (quiet >= QUIET_LOOKS) return null
    await sleep(LOOK_EVERY_MS, undefined, { signal })
  }
  return open ?? 'it never stayed quiet'

  async function whatIsOpen(): Promise<string | null> {
    const updates = world.firstBot().updates.pending().length
    if (updates > 0) return `${updates} updates are not taken`
    if (people.isBusy()) return 'people wait for an answer to a button'
    const owed = await redis.zcard(state.keys.owed)
    if (owed > 0) return `${owed} requests are owed something`
    for (const stage of STAGES) {
      const counts = await state.queues
        .queue(stage)
        .getJobCounts('active', 'waiting', 'prioritized', 'delayed', 'waiting-children')
      const jobs = Object.entries(counts).filter(([, count]) => count > 0)
      if (jobs.length > 0) return `${stage}: ${jobs.map(([name, count]) => `${count} ${name}`).join(', ')}`
    }
    return null
  }
}
