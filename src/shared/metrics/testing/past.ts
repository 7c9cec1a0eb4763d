import type { MetricQuery } from '../metric.ts'
import type { HistoryEvent } from './histories.ts'

/** What the naive computations look at: every event once, with the names and days that people use. */
export interface Past {
  events: readonly PastEvent[]
  firsts: readonly First[]
  /** Days whose numbers exist. */
  firstDay: string
  today: string
  dayOf(ms: number): string
  hourOf(ms: number): number
}
export interface PastEvent extends HistoryEvent {
  bot: string
  day: string
  /** Where its person first came from. */
  origin: string
  campaign: string
}
/** What is known of one person at one bot. */
export interface First {
  bot: string
  userId: number
  seenMs: number
  startMs: number
  origin: string
  campaign: string
  language: string
  languageMs: number
}

const ACTIONS = new Set(
  'bot_start link_received inline_query choice_made view_clicked ad_clicked survey_completed feature_used'.split(
    ' ',
  ),
)
export const isAction = (event: PastEvent) => event.userId !== null && ACTIONS.has(event.name)
/** A property whose type the tests know. */
export const propOf = <T>(event: HistoryEvent, name: string): T => event[name] as T

export function createPast(given: readonly HistoryEvent[], timeZone: string, nowMs: number): Past {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  const texts = new Map<number, string>()
  /** 21/11/2026, 19:46:04 */
  const textOf = (ms: number) => {
    const text = texts.get(ms) ?? format.format(ms)
    texts.set(ms, text)
    return text
  }
  const dayOf = (ms: number) => textOf(ms).slice(0, 10).split('/').reverse().join('-')
  const hourOf = (ms: number) => Number(textOf(ms).slice(12, 14))
  const unique = [...new Map(given.map((event) => [event.id, event])).values()]
  const firsts: First[] = []
  const firstOf = (botId: number, userId: number) => {
    const bot = `bot${botId}`
    let first = firsts.find((one) => one.bot === bot && one.userId === userId)
    if (!first) {
      first = {
        bot,
        userId,
        seenMs: Infinity,
        startMs: Infinity,
        origin: 'organic',
        campaign: '',
        language: 'unknown',
        languageMs: -Infinity,
      }
      firsts.push(first)
    }
    return first
  }
  for (const event of unique) {
    const { name, userId, botId, atMs } = event
    if (name === 'user_referred') {
      const referred = firstOf(botId, propOf(event, 'referredUserId'))
      referred.seenMs = Math.min(referred.seenMs, atMs)
    }
    if (userId === null || name === 'user_referred' || name === 'bonus_granted') continue
    const first = firstOf(botId, userId)
    first.seenMs = Math.min(first.seenMs, atMs)
    if ((name === 'bot_start' || name === 'session_start') && atMs > first.languageMs) {
      first.languageMs = atMs
      first.language = propOf(event, 'language')
    }
    if (name === 'bot_start' && atMs < first.startMs) {
      first.startMs = atMs
      first.origin = propOf(event, 'source')
      first.campaign = propOf<string | null>(event, 'campaign') ?? ''
    }
  }
  const events = unique.map((event) => {
    const bot = `bot${event.botId}`
    const day = dayOf(event.atMs)
    const first = firsts.find((one) => one.bot === bot && one.userId === event.userId)
    // What was known by the end of that day.
    const isKnown = first && first.startMs < Infinity && dayOf(first.startMs) <= day
    const origin = event.userId === null ? '' : isKnown ? first.origin : 'organic'
    return { ...event, bot, day, origin, campaign: isKnown ? first.campaign : '' }
  })
  const firstDay = dayOf(Math.min(...firsts.map(({ seenMs }) => seenMs)))
  return { events, firsts, firstDay, today: dayOf(nowMs), dayOf, hourOf }
}

type Scope = Pick<MetricQuery, 'bot' | 'source'> & { campaign?: string }

/** What is left when one looks at one bot or one source alone. */
export function looking(past: Past, { bot, source, campaign }: Scope) {
  const isIn = (one: { bot: string; origin: string; campaign: string }) =>
    (bot === null || one.bot === bot) &&
    (source === null || one.origin === source) &&
    (campaign === undefined || one.campaign === campaign)
  const events = past.events.filter(isIn)
  const starts = new Map<number, number>()
  const seen = new Map<number, { seenMs: number; language: string }>()
  for (const first of past.firsts) {
    const isKnown = first.startMs < Infinity && past.dayOf(first.startMs) <= past.dayOf(first.seenMs)
    if (!isIn({ ...first, origin: isKnown ? first.origin : 'organic' })) continue
    const person = seen.get(first.userId)
    if (!person || first.seenMs < person.seenMs) seen.set(first.userId, first)
  }
  for (const first of past.firsts.filter(isIn)) {
    const startMs = Math.min(first.startMs, starts.get(first.userId) ?? Infinity)
    starts.set(first.userId, startMs)
  }
  const activeOn = new Map<string, Set<number>>()
  for (const event of events)
    if (isAction(event) && event.userId !== null)
      activeOn.set(event.day, (activeOn.get(event.day) ?? new Set()).add(event.userId))
  return { events, starts, seen, activeOn }
}

export function later(day: string, days: number): string {
  const date = new Date(`${day}T12:00:00Z`)
  date.setUTCDate(date.getUTCDate() + days)
  return date.toISOString().slice(0, 10)
}
export function eachDay(from: string, to: string): string[] {
  const days: string[] = []
  for (let day = from; day <= to; day = later(day, 1)) days.push(day)
  return days
}
export const over = (part: number, whole: number) => (whole === 0 ? null : part / whole)
/** Sums by a name. */
export function tally<T>(
  items: Iterable<T>,
  name: (item: T) => string,
  amount: (item: T) => number = () => 1,
) {
  const sums = new Map<string, number>()
  for (const item of items) sums.set(name(item), (sums.get(name(item)) ?? 0) + amount(item))
  return sums
}
