import type { MetricQuery } from '../metric.ts'
import { eachDay, later, looking, over, type Past } from './past.ts'

type Rows = Record<string, unknown>[]
type Naive = (past: Past, query: MetricQuery) => Rows

const isKnown = (past: Past, day: string) => day >= past.firstDay && day <= past.today
const union = (activeOn: Map<string, Set<number>>, from: string, to: string) => {
  const people = new Set<number>()
  for (const day of eachDay(from, to)) for (const userId of activeOn.get(day) ?? []) people.add(userId)
  return people
}
/** One row for each day; `null` for what is not known. */
const byDay = (
  past: Past,
  { from, to }: MetricQuery,
  row: (day: string) => Record<string, number | null>,
): Rows =>
  eachDay(from, to).map((day) => {
    const values = row(day)
    if (!isKnown(past, day)) for (const name of Object.keys(values)) values[name] = null
    return { day, ...values }
  })

export const activePeople: Naive = (past, query) => {
  const { activeOn } = looking(past, query)
  return byDay(past, query, (day) => {
    const dau = activeOn.get(day)?.size ?? 0
    const mau = union(activeOn, later(day, -29), day).size
    return { dau, wau: union(activeOn, later(day, -6), day).size, mau, stickiness: over(dau, mau) }
  })
}

const startedOn = (past: Past, query: Pick<MetricQuery, 'bot' | 'source'>, day: string) =>
  [...looking(past, query).starts.entries()]
    .filter(([, startMs]) => startMs < Infinity && past.dayOf(startMs) === day)
    .map(([userId]) => userId)

export const newPeople: Naive = (past, query) => {
  const { seen } = looking(past, query)
  return byDay(past, query, (day) => {
    const from = (source: string) =>
      query.source === null || query.source === source ? startedOn(past, { ...query, source }, day).length : 0
    return {
      people: [...seen.values()].filter(({ seenMs }) => past.dayOf(seenMs) === day).length,
      started: startedOn(past, query, day).length,
      ...{ organic: from('organic'), referral: from('referral'), campaign: from('campaign') },
    }
  })
}

export const sessions: Naive = (past, query) => {
  const { events, activeOn } = looking(past, query)
  return byDay(past, query, (day) => {
    const began = events.filter((event) => event.day === day && event.name === 'session_start').length
    const people = activeOn.get(day)?.size ?? 0
    return { sessions: began, people, perPerson: over(began, people) }
  })
}

export const churn: Naive = (past, query) => {
  const { activeOn } = looking(past, query)
  return byDay(past, query, (day) => {
    if (day >= past.today) return { before: null, lost: null, share: null }
    const before = union(activeOn, later(day, -59), later(day, -30))
    const now = union(activeOn, later(day, -29), day)
    const lost = [...before].filter((userId) => !now.has(userId)).length
    return { before: before.size, lost, share: over(lost, before.size) }
  })
}

export const retention: Naive = (past, query) => {
  const { activeOn } = looking(past, query)
  return byDay(past, query, (day) => {
    const cohort = startedOn(past, query, day)
    const back = (n: number) =>
      later(day, n) < past.today
        ? cohort.filter((userId) => activeOn.get(later(day, n))?.has(userId)).length
        : null
    const [d1, d7, d30] = [back(1), back(7), back(30)]
    const part = (count: number | null) => (count === null ? null : over(count, cohort.length))
    return { people: cohort.length, d1, d7, d30, shareD1: part(d1), shareD7: part(d7), shareD30: part(d30) }
  })
}

export const cohorts: Naive = (past, query) => {
  const { activeOn } = looking(past, query)
  const rows: Rows = []
  for (const week of eachDay(query.from, query.to)) {
    if (new Date(`${week}T12:00:00Z`).getUTCDay() !== 1) continue
    const cohort = eachDay(week, later(week, 6)).flatMap((day) => startedOn(past, query, day))
    if (cohort.length === 0) continue
    for (let n = 0; later(week, 7 * n) <= past.today; n++) {
      const there = union(activeOn, later(week, 7 * n), later(week, 7 * n + 6))
      const active =
        later(week, 7 * n + 6) < past.today ? cohort.filter((userId) => there.has(userId)).length : null
      rows.push({
        week,
        n,
        people: cohort.length,
        active,
        share: active === null ? null : active / cohort.length,
      })
    }
  }
  return rows
}
