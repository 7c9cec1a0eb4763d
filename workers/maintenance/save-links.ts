import { leftOutAs } from '../../queues/request.ts'
import type { RequestStore } from '../../queues/requests.ts'
import { IntakeData } from '../../queues/stages/intake.ts'

/**
 * Links whose intake died before they were requests: nobody else knows of them. As requests they are owed, and the
 * reconciler goes on with each by itself.
 */
export async function saveLinks(data: unknown, requests: Pick<RequestStore, 'createWithin'>): Promise<void> {
  const update = IntakeData.safeParse(data).data
  if (update?.kind !== 'links') return
  const { asker, origin, links, receivedAtMs } = update
  // The door that would have let them in has failed.
  for (const [index, link] of links.entries()) {
    const rest = { links: links.length - index, leftOutAs: leftOutAs(origin) }
    await requests.createWithin(null, asker, `${origin}-${index}`, link, receivedAtMs, rest)
  }
}
