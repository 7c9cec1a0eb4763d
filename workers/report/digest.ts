import type { Queues } from '../../queues/queues.ts'
import type { Language } from '../../queues/request.ts'
import type { Pool } from '../../src/shared/db/pool.ts'
import type { Messages } from '../../src/shared/messages/messages.ts'
import { addDays, dayIn, daysFrom, weekOf } from '../../src/shared/metrics/days.ts'
import { analyticsText } from './analytics-text.ts'
import { drawDays } from './chart/draw-days.ts'
import type { createNumbers, Numbers, Range } from './numbers.ts'
import { sentOnce } from './sent-once.ts'
import { shownDay, shownNumber } from './shown.ts'
import { untilWritten } from './until-written.ts'

/** Events of the day that is over may still be on their way for so long; then it is told without them. */
const LATE_EVENTS_MS = 15 * 60_000
const DAY_MS = 24 * 3600_000

export interface DigestDeps {
  db: Pool
  queues: Queues
  messages: Messages
  numbers: ReturnType<typeof createNumbers>
  /** Makes the numbers of a day new, out of its events. */
  count: (day: string) => Promise<unknown>
  timeZone: string
  language: Language
  chatId: number
  sendText: (text: string) => Promise<number>
  /** @param svg becomes a picture */
  sendPicture: (svg: string, caption: string) => Promise<number>
}

/** The daily digest and the weekly report, each about days that are over, and counted to the end. */
export function createDigest(deps: DigestDeps) {
  const { db, messages, numbers, language, chatId, timeZone } = deps
  const { text } = messages

  /** Nobody was here yet: a product that is new has no yesterday. */
  const isBeforeFirst = async (day: string): Promise<boolean> => {
    const { rows } = await db.query<{ first: string | null }>(
      'SELECT min((first_seen_at AT TIME ZONE $1)::date)::text AS first FROM users',
      [timeZone],
    )
    const first = rows[0]?.first ?? null
    return first === null || day < first
  }

  /**
   * The last day is counted again, for it has just ended; those before it only where nobody has counted them to the end.
   * @throws Postpone
   */
  const untilCounted = async ({ from, to }: Range, nowMs: number): Promise<void> => {
    const isOver = (ms: number) => dayIn(timeZone, ms) > to
    // Long enough after the end, what is still missing does not hold it up.
    if (!isOver(nowMs - LATE_EVENTS_MS)) await untilWritten(deps.queues, nowMs)
    const { rows } = await db.query<{ day: string }>(
      'SELECT day::text FROM aggregated_days WHERE was_over AND day BETWEEN $1 AND $2',
      [from, addDays(to, -1)],
    )
    const counted = new Set(rows.map(({ day }) => day))
    for (const day of daysFrom(from, to)) if (!counted.has(day)) await deps.count(day)
  }

  const daily = async (day: string, nowMs: number): Promise<string> => {
    const today = dayIn(timeZone, nowMs)
    if (day >= today || (await isBeforeFirst(day))) return 'nothing to tell'
    return await sentOnce(db, { kind: 'digest', day, chatId }, async () => {
      const range = { from: day, to: day }
      await untilCounted(range, nowMs)
      const title = text(language, 'report-title-digest', { day: shownDay(language, day) })
      const said = analyticsText(messages, language, title, await numbers.ofRange(range, today))
      return await deps.sendText(said)
    })
  }

  const weekly = async (sunday: string, nowMs: number): Promise<string> => {
    const today = dayIn(timeZone, nowMs)
    if (sunday >= today || (await isBeforeFirst(sunday))) return 'nothing to tell'
    return await sentOnce(db, { kind: 'weekly', day: sunday, chatId }, async () => {
      const week = { from: weekOf(sunday), to: sunday }
      const before = { from: addDays(week.from, -7), to: addDays(sunday, -7) }
      await untilCounted({ from: before.from, to: sunday }, nowMs)
      const [now, then, days] = await Promise.all([
        numbers.ofRange(week, today),
        numbers.ofRange(before, today),
        numbers.byDay({ from: before.from, to: sunday }, today),
      ])
      const svg = drawDays(days, {
        title: text(language, 'report-chart-title'),
        people: text(language, 'report-chart-people'),
        files: text(language, 'report-chart-files'),
        day: (day) => shownDay(language, day),
        number: (value) => shownNumber(language, value),
      })
      return await deps.sendPicture(svg, captionOf(week, now, then))
    })
  }
  const captionOf = (week: Range, now: Numbers, then: Numbers): string => {
    const range = { from: shownDay(language, week.from), to: shownDay(language, week.to) }
    return analyticsText(messages, language, text(language, 'report-title-weekly', range), now, then)
  }

  return {
    daily: (day: string | null, nowMs: number): Promise<string> =>
      daily(day ?? dayIn(timeZone, nowMs - DAY_MS), nowMs),
    weekly: (day: string | null, nowMs: number): Promise<string> =>
      weekly(day ?? addDays(weekOf(dayIn(timeZone, nowMs)), -1), nowMs),
  }
}
