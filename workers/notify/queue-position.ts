import type { Redis } from 'ioredis'

/**
 * The place of a waiting job among those that its queue will start, from 1; null when it does not wait.
 * Plain jobs (a list, taken from its right end) come before prioritized ones (a sorted set): the layout of BullMQ
 * 6, github.com/taskforcesh/bullmq src/commands/includes/addJobInTargetList.lua and addJobWithPriority.lua.
 */
export async function queuePosition(
  redis: Redis,
  prefix: string,
  queue: string,
  jobId: string,
): Promise<number | null> {
  const wait = `${prefix}:${queue}:wait`
  const [fromLeft, plain, rank] = await Promise.all([
    redis.lpos(wait, jobId),
    redis.llen(wait),
    redis.zrank(`${prefix}:${queue}:prioritized`, jobId),
  ])
  if (fromLeft !== null) return plain - fromLeft
  return rank === null ? null : plain + rank + 1
}
