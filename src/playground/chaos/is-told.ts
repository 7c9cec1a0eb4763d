import type { RequestState } from '../../../queues/request.ts'
import { createMessages } from '../../shared/messages/messages.ts'
import type { Facts, RequestFact } from './facts.ts'

export const FINAL_STATES: ReadonlySet<RequestState> = new Set<RequestState>([
  'delivered',
  'failed',
  'cancelled',
])

const { text } = createMessages()
const CANCELLED = new Set([text('en', 'ticket-cancelled'), text('ru', 'ticket-cancelled')])

/** Whether the chat shows how a request has failed, or that it is cancelled; what is delivered is counted elsewhere. */
export function isTold(request: RequestFact, { asks, texts }: Facts): boolean {
  const { state, failure, ticket, chatId, ticketMessageId } = request
  const wasBlocked = asks.find(({ id }) => id === request.askId)?.wasBlocked ?? false
  if (state === 'failed') {
    if (wasBlocked) return true
    // The code stands under every reason.
    return failure !== null && texts.some((message) => message.text.includes(ticket))
  }
  if (state === 'cancelled') {
    // Without a ticket, the note over the button or the answer to /cancel has told them.
    if (ticketMessageId === null || wasBlocked) return true
    return texts.some(
      (message) =>
        message.chatId === chatId && message.messageId === ticketMessageId && CANCELLED.has(message.text),
    )
  }
  return true
}
