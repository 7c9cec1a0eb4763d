import { eventId } from './event.ts'
import type { FailureCode } from './failure.ts'
import type { Notifier } from './notifier.ts'
import type { StageName } from './pipeline.ts'
import type { Queues } from './queues.ts'
import type { Request } from './request.ts'
import type { RequestStore } from './requests.ts'

interface EndDeps {
  requests: RequestStore
  notifier: Notifier
  queues: Queues
}

/**
 * Ends a request with a reason: noted, counted, and told. Again, it changes nothing; another round, or one who waits
 * for another generation by now, is left alone.
 * @param stage that knew the reason
 */
export async function failRequest(
  { requests, notifier, queues }: EndDeps,
  request: Request,
  failure: FailureCode,
  stage: StageName,
): Promise<void> {
  const { ticket, round, generation, botId, userId } = request
  // Ended before is what a crash between the end and the telling leaves.
  if ((await requests.settle(request, { state: 'failed', failure }, { round, generation })) === 'other')
    return
  const id = eventId('bot_error', ticket, round)
  await queues.add(
    'analytics',
    { name: 'bot_error', id, atMs: Date.now(), botId, userId, ticket, stage, code: failure },
    { jobId: id },
  )
  await notifier.touch(ticket)
}
