import type { AnalyticsEvent } from '../../queues/event.ts'

/** One row of the table `events`, by the names of its columns. */
export interface EventRow {
  event_id: string
  name: string
  /** ISO time. */
  at: string
  /** The bot's username. */
  bot: string
  user_id: number | null
  ticket: string | null
  /** Whatever belongs to this kind of event alone. */
  props: object
}

/** The row of an event. The time is the event's own: a repeated event must be the same row. */
export function eventRow(event: AnalyticsEvent, bot: string): EventRow {
  const { id, name, atMs, botId, userId, ...rest } = event
  const { ticket = null, ...props } = { ticket: null, ...rest }
  return { event_id: id, name, at: isoTime(atMs), bot, user_id: userId, ticket, props }
}

/** A time that no calendar has stays a number, which PostgreSQL refuses: its row fails alone. */
function isoTime(atMs: number): string {
  const time = new Date(atMs)
  return Number.isNaN(time.getTime()) ? String(atMs) : time.toISOString()
}
