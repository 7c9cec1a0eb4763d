import type { MetricQuery } from '../metric.ts'
import { later, looking, over, type Past, propOf } from './past.ts'

const DAY_MS = 24 * 3600_000
type Rows = Record<string, unknown>[]
type Naive = (past: Past, query: MetricQuery) => Rows

/** How far each of those got who first started in the range, and on which day they did. */
function chains(past: Past, query: MetricQuery, campaign?: string) {
  const { events, starts } = looking(past, campaign === undefined ? query : { ...query, campaign })
  const found: { day: string; steps: number }[] = []
  for (const [userId, startMs] of starts) {
    const day = startMs === Infinity ? '' : past.dayOf(startMs)
    if (day < query.from || day > query.to) continue
    const within = events
      .filter(
        (event) => event.userId === userId && event.atMs >= startMs && event.atMs < startMs + 7 * DAY_MS,
      )
      .sort((a, b) => a.atMs - b.atMs)
    let steps = 1
    const wanted = ['link_received', 'download_completed', 'download_completed', 'user_referred']
    for (const event of within) if (event.name === wanted[steps - 1]) steps++
    found.push({ day, steps })
  }
  const isOver = ({ day }: { day: string }) => later(day, 7) < past.today
  return { all: found.length, closed: found.filter(isOver) }
}

function asSteps(names: string[], counts: number[] | null, waiting: number): Rows {
  return names.map((step, at) => {
    const people = counts?.[at] ?? null
    const part = (whole: number | undefined) =>
      people === null || whole === undefined ? null : over(people, whole)
    return {
      step,
      people,
      ofFirst: part(counts?.[0]),
      ofPrevious: part(counts?.[Math.max(0, at - 1)]),
      waiting,
    }
  })
}

export const funnel: Naive = (past, query) => {
  const { all, closed } = chains(past, query)
  const counts = [1, 2, 3, 4, 5].map((step) => closed.filter(({ steps }) => steps >= step).length)
  const names = ['start', 'link', 'download', 'second_download', 'referral']
  return asSteps(names, closed.length > 0 ? counts : null, all - closed.length)
}

export const sources: Naive = (past, query) => {
  const rows: Rows = []
  for (const source of ['organic', 'referral', 'campaign'])
    for (const campaign of new Set(past.firsts.map((first) => first.campaign))) {
      if (query.source !== null && query.source !== source) continue
      const { all, closed } = chains(past, { ...query, source }, campaign)
      const [linked, downloaded, repeated] = [2, 3, 4].map(
        (step) => closed.filter(({ steps }) => steps >= step).length,
      )
      if (all === 0) continue
      rows.push({
        ...{
          source,
          campaign: campaign || null,
          people: all,
          counted: closed.length,
          linked,
          downloaded,
          repeated,
        },
        conversion: over(downloaded ?? 0, closed.length),
      })
    }
  return rows
}

export const inlineFunnel: Naive = (past, query) => {
  const { events } = looking(past, query)
  const sorted = events.toSorted((a, b) => a.atMs - b.atMs)
  const counts = [0, 0, 0]
  let waiting = 0
  const seen = new Set<string>()
  for (const ask of sorted) {
    if (ask.name !== 'inline_query' || ask.day < query.from || ask.day > query.to) continue
    if (seen.has(`${ask.day} ${ask.userId}`)) continue
    seen.add(`${ask.day} ${ask.userId}`)
    if (later(ask.day, 1) >= past.today) {
      waiting++
      continue
    }
    let steps = 1
    for (const event of sorted) {
      if (event.userId !== ask.userId || event.atMs < ask.atMs || event.atMs >= ask.atMs + DAY_MS) continue
      if (steps === 1 && event.name === 'view_clicked') steps = 2
      else if (
        steps === 2 &&
        event.name === 'download_completed' &&
        ['inline', 'deep_link'].includes(propOf(event, 'source'))
      )
        steps = 3
    }
    for (let step = 0; step < steps; step++) counts[step] = (counts[step] ?? 0) + 1
  }
  return asSteps(['inline_query', 'click', 'download'], (counts[0] ?? 0) > 0 ? counts : null, waiting)
}
