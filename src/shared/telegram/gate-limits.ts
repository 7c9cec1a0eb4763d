/**
 * What Telegram allows: 30 messages a second for a bot, one a second for a chat with short bursts, 20 a minute for
 * a group (core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).
 */
export const PRIVATE_CHAT = { spacingMs: 1050, burst: 2 }
export const GROUP = { spacingMs: 3500, burst: 3 }

/** A slot may be used this late; then it is taken anew. */
export const LATE_MS = 20

/**
 * Telegram counts what arrives, the gate what it lets go. Thirty slots in any 1,120 ms are never more than thirty
 * arrivals in a second, while no call takes longer than 120 ms from its slot to Telegram: LATE_MS at the gate, and
 * 100 for a process that stands still or a connection that is slow. That is 26.8 a second; even spacing without such
 * a margin gave 27.8, and 31 arrived now and then.
 *
 * A gate that was idle lets calls go at once: slots need `spacingMs` between them only while the calendar (two seconds
 * back, and all that is reserved) holds `unspaced` or more. So under a lasting load they are even, and processes that
 * stand still for longer than the margin gather a call per 37 ms, no second burst. With less than 40, of twenty
 * people's tickets and media the last would go after 1,450 ms instead of 1,120; with no end to it, a lasting load
 * stays in bursts, and a standstill of 300 ms can bring 60 into a second (`gate-load.test.ts`).
 *
 * Texts leave six places of a window to deliveries, or a burst of tickets would hold up the media for a second. Texts
 * alone get 21 a second.
 */
export const BOT = { places: 30, placesOfTexts: 24, windowMs: 1120, spacingMs: 37, unspaced: 40 }
