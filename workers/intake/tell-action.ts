import { eventId } from '../../queues/event.ts'
import type { Events } from '../../queues/events.ts'
import type { FormatId } from '../../queues/media.ts'
import type { Seen } from '../../queues/people/people.ts'
import { sessionStart } from '../../queues/people/sessions.ts'
import { askedBy, type Request } from '../../queues/request.ts'
import type { IntakeData } from '../../queues/stages/intake.ts'

/** Says that a message with links came, and the session that it begins. */
export async function tellLinks(
  events: Events,
  { asker, origin, links, receivedAtMs, sentAtMs, languageCode }: Extract<IntakeData, { kind: 'links' }>,
  seen: Seen,
): Promise<void> {
  const { botId, userId } = asker
  const language = languageCode ?? asker.language
  const session = sessionStart({ botId, userId, language }, seen)
  await Promise.all([
    session && events.publish(session),
    events.publish({
      id: eventId('link_received', botId, origin),
      name: 'link_received',
      // By the job, not by the clock of this run: again, it is the same row.
      ...{ atMs: sentAtMs ?? receivedAtMs, botId, userId, source: askedBy(asker), links: links.length },
    }),
  ])
}

/** Says which format somebody wants: the one that they pressed, or (`remembered`) the one that they always want. */
export const tellChoice = (
  events: Events,
  { ticket, round, botId, userId }: Request,
  format: FormatId,
  remembered: boolean,
): Promise<void> =>
  events.publishNow({
    id: eventId('choice_made', ticket, round),
    name: 'choice_made',
    ...{ botId, userId, ticket, format, remembered },
  })
