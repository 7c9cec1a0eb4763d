import type { Job } from 'bullmq'
import { z } from 'zod'
import type { State } from '../../../queues/state.ts'
import type { Traces, Whom } from './traces.ts'

type KeyDeps = Pick<State, 'redis' | 'keys' | 'queues'> & { traces: Traces }

/** Whose something is, and who brought whom. */
const Owner = z.looseObject({
  botId: z.number().optional(),
  userId: z.number().nullish(),
  referredUserId: z.number().nullish(),
  referrerId: z.number().nullish(),
})
/** What the jobs of the stages hold of people. */
const OfSomebody = Owner.extend({ asker: Owner.optional(), events: z.array(Owner).optional() })

/**
 * Takes a person out of Redis: their requests, the links of these that nobody else asked for, and every key that bears
 * their name. That they may not use the bot stays: else forgetting would be the way back in.
 */
export async function forgetKeys({ redis, keys, queues, traces }: KeyDeps, whom: Whom): Promise<void> {
  const requests = await traces.requests(whom)
  const linkHashes = new Set(requests.map(({ linkHash }) => linkHash).filter(Boolean))
  const shared = await traces.sharedWithOthers(whom, { linkHashes, mediaKeys: new Set() })
  for (const linkHash of linkHashes)
    if (!shared.links.has(linkHash)) await redis.del(keys.link(linkHash), keys.mediaIdOfLink(linkHash))
  for (const { ticket } of requests)
    await redis.multi().del(keys.request(ticket)).zrem(keys.owed, ticket).exec()

  for (const key of await traces.broughtBy(whom))
    await redis.hdel(key, 'referrerId', 'bonusDue', 'bonusFromMs', 'bonusUnsaid')
  const person = keys.person(whom.botId, whom.userId)
  const names = await traces.namedKeys(whom)
  // After the long look through all keys: an admin may have said it meanwhile.
  const [isBlocked, code] = await redis.hmget(person, 'isBlocked', 'code')
  if (code) await redis.del(keys.referralCode(whom.botId, code))
  const change = redis.multi().del(person, ...names)
  // Their row is gone, and knows it again should they come back (workers/maintenance/keep-flags.ts).
  if (isBlocked === '1')
    change.hset(person, 'isBlocked', '1').zadd(keys.peopleChanged, Date.now(), `${whom.botId}.${whom.userId}`)
  const bot = (await redis.hget(keys.botNames, String(whom.botId))) ?? String(whom.botId)
  change.zrem(keys.surveys, `${whom.botId}.${whom.userId}`)
  await change.zrem(keys.newPeopleTold, `${bot}/${whom.userId}`).exec()
  await forgetJobs(queues, whom)
}

const PAGE = 500

/** Jobs that are over and hold the person's links, their name, or what they did. */
async function forgetJobs(queues: State['queues'], whom: Whom): Promise<void> {
  for (const stage of ['intake', 'report', 'analytics'] as const) {
    const queue = queues.queue(stage)
    for (const state of ['completed', 'failed'] as const) {
      let from = 0
      for (;;) {
        const jobs = await queue.getJobs([state], from, from + PAGE - 1)
        if (jobs.length === 0) break
        let removed = 0
        for (const job of jobs) if (job && (await forgetIn(job, whom, state))) removed++
        // Those that stay are the only ones that stand before the next page.
        from += jobs.length - removed
      }
    }
  }
}

/**
 * Of a job that waits for a repair, the events that name nobody but others stay.
 * @returns whether the job is removed
 */
async function forgetIn(job: Job, { botId, userId }: Whom, state: 'completed' | 'failed'): Promise<boolean> {
  const { asker, events = [], ...rest } = OfSomebody.safeParse(job.data).data ?? {}
  const isNamedIn = (one: z.infer<typeof Owner>) =>
    one.botId === botId && [one.userId, one.referredUserId, one.referrerId].includes(userId)
  if (![asker ?? rest, ...events].some(isNamedIn)) return false
  const others = events.filter((event) => !isNamedIn(event))
  if (state === 'failed' && others.length > 0) {
    await job.updateData({ ...job.data, events: others })
    return false
  }
  await job.remove()
  return true
}
