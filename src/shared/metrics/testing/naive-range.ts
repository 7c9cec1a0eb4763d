import type { MetricQuery } from '../metric.ts'
import { looking, type Past, type PastEvent, propOf, tally } from './past.ts'

export type Naive = (past: Past, query: MetricQuery) => Record<string, unknown>[]

export const inRange = (past: Past, query: MetricQuery) =>
  looking(past, query).events.filter(({ day }) => day >= query.from && day <= query.to)
export const named = (events: readonly PastEvent[], name: string) =>
  events.filter((event) => event.name === name)
export const ofSite = (events: readonly PastEvent[], { platform }: MetricQuery) =>
  events.filter((event) => platform === null || (propOf(event, 'platform') ?? 'unknown') === platform)
export const files = (past: Past, query: MetricQuery) =>
  ofSite(named(inRange(past, query), 'download_completed'), query)
/** Each person once for each day and thing. */
export const personDays = (events: readonly PastEvent[], thing: (event: PastEvent) => string = () => '') =>
  tally(
    new Set(events.filter((e) => e.userId !== null).map((e) => JSON.stringify([thing(e), e.day, e.userId]))),
    (key) => JSON.parse(key)[0],
  )
export const isCached = (event: PastEvent) => propOf<boolean>(event, 'cached')
export const sum = (events: readonly PastEvent[], prop: string) =>
  events.reduce((total, event) => total + propOf<number>(event, prop), 0)
