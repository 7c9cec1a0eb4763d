import { z } from 'zod'
import type { DataOf } from '../../../queues/pipeline.ts'
import type { State } from '../../../queues/state.ts'
import type { Traces, Whom } from './traces.ts'

type KeyDeps = Pick<State, 'redis' | 'keys' | 'queues'> & { traces: Traces }

const OfSomebody = z.object({
  asker: z.object({ botId: z.number(), userId: z.number() }).optional(),
  botId: z.number().optional(),
  userId: z.number().optional(),
})

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
  if (isBlocked === '1') change.hset(person, 'isBlocked', '1')
  const bot = (await redis.hget(keys.botNames, String(whom.botId))) ?? String(whom.botId)
  change.zrem(keys.surveys, `${whom.botId}.${whom.userId}`)
  await change.zrem(keys.newPeopleTold, `${bot}/${whom.userId}`).exec()
  await forgetJobs(queues, whom)
}

/** Jobs that are over and hold the person's links, or their name. */
async function forgetJobs(queues: State['queues'], { botId, userId }: Whom): Promise<void> {
  const isOfWhom = (data: unknown): boolean => {
    const { asker, ...rest } = OfSomebody.safeParse(data).data ?? {}
    const owner = asker ?? rest
    return owner.botId === botId && owner.userId === userId
  }
  for (const stage of ['intake', 'report'] as const) {
    for (const job of await queues.queue(stage).getJobs(['completed', 'failed']))
      if (job && isOfWhom(job.data satisfies DataOf<typeof stage>)) await job.remove()
  }
}
