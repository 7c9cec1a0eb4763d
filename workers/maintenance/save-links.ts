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
  // The cap was for the door that has failed.
  for (const [index, link] of links.entries()) {
    const rest = { links: links.length - index, leftOutAs: leftOutAs(origin) }
    await requests.createWithin(
      Number.MAX_SAFE_INTEGER,
      asker,
      `${origin}-${index}`,
      link,
      receivedAtMs,
      rest,
    )
  }
}
