import type { FailureCode } from '../../queues/failure.ts'
import type { Request } from '../../queues/request.ts'
import type { TelegramFault } from '../../src/shared/telegram/classify.ts'
import type { StageContext } from '../context.ts'
import { patientWaitMs } from '../patience.ts'
import { Postpone } from '../postpone.ts'

/** First wait for a Telegram that does not answer. */
const AWAY_MS = 1000

/** What becomes of a delivery whose call failed. Exactly one of `isDelivered`, `failure` and `again` is there. */
interface Consequence {
  /** The edit was made before: it is delivered. */
  isDelivered?: true
  failure?: FailureCode
  /** Thrown: the delivery runs again. */
  again?: Error
  /** Noted in the request first. */
  change?: { ticketGone: '1'; ticketMessageId: ''; chatId?: number }
  /** The file_id is no good any more. */
  forgetFile?: true
}

interface Circumstances {
  request: Request
  isKnownFile: boolean
  context: Pick<StageContext, 'attempt' | 'addedAtMs'>
}

const withoutTicket = { ticketGone: '1', ticketMessageId: '' } as const

export function consequenceOf(
  fault: TelegramFault,
  { request, isKnownFile, context }: Circumstances,
): Consequence {
  const again = (waitMs: number) => ({ again: new Postpone(waitMs) })
  switch (fault.kind) {
    case 'not_modified':
      return { isDelivered: true }
    case 'message_gone':
      return request.ticketGone ? { failure: 'telegram_rejected' } : { change: withoutTicket, ...again(0) }
    case 'migrated':
      // The supergroup has none of the group's messages that we could edit.
      return { change: { ...withoutTicket, chatId: fault.migrateToChatId }, ...again(0) }
    case 'bad_file_id':
      return isKnownFile ? { forgetFile: true, ...again(0) } : { failure: 'telegram_rejected' }
    case 'flood':
      return again(fault.retryAfterMs)
    case 'busy':
      return again(Math.max(fault.waitMs, 200))
    case 'file_too_big':
      return { failure: 'file_too_big' }
    case 'chat_unreachable':
      return { failure: 'chat_unreachable' }
    case 'already_media':
    case 'rejected':
      return { failure: 'telegram_rejected' }
    case 'unreachable':
    // An edit can be repeated as often as it takes. Of a message of its own, the lease counts the repeats.
    case 'ambiguous':
      return whenPatienceEnds(context)
  }
}

function whenPatienceEnds(context: Circumstances['context']): Consequence {
  const waitMs = patientWaitMs(context, AWAY_MS)
  return waitMs === null ? { failure: 'telegram_unavailable' } : { again: new Postpone(waitMs) }
}
