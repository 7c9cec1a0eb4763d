import { BOT } from '../../shared/telegram/gate-limits.ts'
import type { LedgerEntry } from '../bot-api/ledger.ts'

export const RETRY_AFTER_S = 3

const isDelivery = ({ method }: LedgerEntry) => /Video|Media/.test(method)
const times = (entries: readonly LedgerEntry[]) => entries.map(({ at }) => at)
const isRefused = ({ answer }: LedgerEntry) => answer?.ok === false && answer.error_code === 429

const sorted = (times: readonly number[]) => [...times].sort((a, b) => a - b)

/** The most in any sliding window, whose end does not belong to it. */
function mostIn(windowMs: number, times: readonly number[]): number {
  const all = sorted(times)
  let first = 0
  let most = 0
  for (const [index, at] of all.entries()) {
    while ((all[first] ?? at) <= at - windowMs) first++
    most = Math.max(most, index - first + 1)
  }
  return most
}

/** The shortest time between a message and the one so many places after it; Infinity when there are not so many. */
const shortestSpan = (times: readonly number[], places: number): number =>
  Math.min(
    Number.POSITIVE_INFINITY,
    ...sorted(times).flatMap((at, index, all) => {
      const later = all[index + places]
      return later === undefined ? [] : [later - at]
    }),
  )

/**
 * Gives each message that arrived the latest promise before it that no later one has.
 * @returns the longest way from the gate to Telegram; null when a message had no promise.
 */
function longestWayMs(promised: readonly number[], arrived: readonly number[]): number | null {
  const left = sorted(promised)
  let longest = 0
  for (const at of sorted(arrived).reverse()) {
    // Two clocks that are read in whole ms may differ by one.
    while ((left.at(-1) ?? 0) > at + 1) left.pop()
    const promise = left.pop()
    if (promise === undefined) return null
    longest = Math.max(longest, at - promise)
  }
  return longest
}

function byChat(calls: readonly LedgerEntry[]): Map<number, LedgerEntry[]> {
  const chats = new Map<number, LedgerEntry[]>()
  for (const call of calls)
    if (call.chatId !== undefined) chats.set(call.chatId, [...(chats.get(call.chatId) ?? []), call])
  return chats
}

/** What the gate test measures: times at which messages reached Telegram, or were promised by the gate. */
export function figuresOf({
  arrived,
  promised,
  downAtMs,
  upAtMs,
  busy,
  groups,
}: {
  arrived: readonly LedgerEntry[]
  promised: readonly number[]
  downAtMs: number
  upAtMs: number
  busy: number
  groups: readonly { chat: { id: number } }[]
}) {
  const all = times(arrived)
  const ofGroups = groups.map(({ chat }) => times(arrived.filter(({ chatId }) => chatId === chat.id)))
  const ofPeople = [...byChat(arrived)].filter(([id]) => id > 0).map(([, entries]) => times(entries))
  const provoked = arrived.filter(({ fault }) => fault === 'flood')
  const unprovoked = arrived.filter((entry) => isRefused(entry) && entry.fault === null)
  const refusedAtMs = provoked.find(({ chatId }) => chatId === busy)?.at ?? 0
  const pausedAtMs = provoked.filter(({ chatId }) => chatId !== busy)[2]?.at ?? 0
  const beforePause = arrived.filter(({ at }) => at < pausedAtMs)
  const afterRefusal = arrived.filter(({ chatId, at }) => chatId === busy && at > refusedAtMs)
  const afterOutage = all.filter((at) => at >= upAtMs)
  return {
    calls: arrived.length,
    tookMs: Math.max(...all) - Math.min(...all),
    mostInASecond: mostIn(1000, all),
    mostTakenInASecond: mostIn(1000, times(arrived.filter((entry) => !isRefused(entry)))),
    mostPromised: mostIn(BOT.windowMs, promised),
    wayMs: longestWayMs(promised, all),
    mostInAMinuteOfAGroup: ofGroups.map((group) => mostIn(60_000, group)),
    groupTookMs: ofGroups.map((group) => Math.max(...group) - Math.min(...group)),
    shortestSpanOfThreeInAPrivateChatMs: Math.min(...ofPeople.map((chat) => shortestSpan(chat, 2))),
    unprovoked: unprovoked.length,
    afterRefusalMs: Math.min(...times(afterRefusal)) - refusedAtMs,
    inPause: all.filter((at) => at > pausedAtMs && at < pausedAtMs + 1000 * RETRY_AFTER_S).length,
    textsBeforePause: beforePause.filter((entry) => !isDelivery(entry)).length,
    callsBeforePause: beforePause.length,
    waitedAtOutage: arrived.filter((entry) => entry.at >= upAtMs && isDelivery(entry)).length,
    firstAfterOutageMs: Math.min(...afterOutage) - upAtMs,
    outageMs: upAtMs - downAtMs,
    mostInASecondAfterOutage: mostIn(1000, afterOutage),
  }
}
