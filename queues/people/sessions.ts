import { type AnalyticsEvent, eventId } from '../event.ts'
import type { Seen } from './people.ts'

/** The event of the session that an action begins; null when it goes on with one. */
export function sessionStart(
  { botId, userId, language }: { botId: number; userId: number; language: string },
  { ordinal, atMs, daysSinceFirst, daysSinceLast }: Seen,
): AnalyticsEvent | null {
  if (ordinal === null) return null
  return {
    // Who was forgotten begins again with the first one: it is another.
    id: eventId('session_start', botId, userId, ordinal, atMs),
    name: 'session_start',
    ...{ atMs, botId, userId, ordinal, daysSinceFirst, daysSinceLast, language },
  }
}
