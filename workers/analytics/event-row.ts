import type { AnalyticsEvent } from '../../queues/event.ts'

/** One row of the table `events`. */
export interface EventRow {
  eventId: string
  name: string
  /** ISO time. */
  at: string
  botId: number
  userId: number | null
  ticket: string | null
  /** JSON text: whatever belongs to this kind of event alone. */
  props: string
}

/**
 * The row of an event. The time is the event's own: a repeated event must be the same row.
 * @throws RangeError for a time that no calendar has.
 */
export function eventRow(event: AnalyticsEvent): EventRow {
  const { id, name, atMs, botId, userId, ...rest } = event
  const { ticket = null, ...props } = { ticket: null, ...rest }
  return {
    eventId: id,
    name,
    at: new Date(atMs).toISOString(),
    botId,
    userId,
    ticket,
    props: JSON.stringify(props),
  }
}
