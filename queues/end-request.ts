import { eventId } from './event.ts'
import type { Events } from './events.ts'
import type { FailureCode } from './failure.ts'
import { platformOf } from './media.ts'
import type { Notifier } from './notifier.ts'
import type { StageName } from './pipeline.ts'
import { askedBy, type Request } from './request.ts'
import type { RequestStore } from './requests.ts'

interface EndDeps {
  requests: RequestStore
  notifier: Notifier
  events: Events
}

/**
 * Ends a request with a reason: noted, counted, and told. Again, it changes nothing; another round, or one who waits
 * for another generation by now, is left alone.
 * @param stage that knew the reason
 */
export async function failRequest(
  { requests, notifier, events }: EndDeps,
  request: Request,
  failure: FailureCode,
  stage: StageName,
): Promise<void> {
  const { ticket, round, generation, botId, userId, mediaKey } = request
  // Ended before is what a crash between the end and the telling leaves.
  if ((await requests.settle(request, { state: 'failed', failure }, { round, generation })) === 'other')
    return
  await events.publishNow({
    id: eventId('download_failed', ticket, round),
    name: 'download_failed',
    botId,
    userId,
    ticket,
    source: askedBy(request),
    platform: mediaKey && platformOf(mediaKey),
    stage,
    code: failure,
  })
  await notifier.touch(ticket)
}
