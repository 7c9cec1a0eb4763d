import { z } from 'zod'
import { addDays } from '../../../shared/metrics/days.ts'
import { FILTERS, type Filter, type Metric } from '../../../shared/metrics/metric.ts'

const Day = z.iso.date()
const name = z.string().max(200).nullable().catch(null)
const empty = (value: unknown) => (value === '' ? null : value)
const Asked = z.object({
  from: Day.nullable().catch(null),
  to: Day.nullable().catch(null),
  bot: z.preprocess(empty, name),
  source: z.preprocess(empty, z.enum(['organic', 'referral', 'campaign']).nullable().catch(null)),
  platform: z.preprocess(empty, name),
})

/** What a page of analytics shows: the days, both included, and the filters. */
export interface PageQuery extends Record<Filter, string | null> {
  from: string
  to: string
}

export const PRESETS = [7, 30, 90, 365] as const
const DEFAULT_DAYS = 30

/** The days of a preset that ends today. */
export const presetDays = (today: string, days: number) => ({ from: addDays(today, 1 - days), to: today })

/** Reads the query of a page's address; what it cannot read counts as not asked for. `today`: of REPORT_TZ. */
export function readPageQuery(query: unknown, today: string): PageQuery {
  const asked = Asked.parse(query ?? {})
  const to = asked.to ?? today
  const from = asked.from ?? addDays(to, 1 - DEFAULT_DAYS)
  return { ...asked, to, from: from > to ? to : from }
}

/** The query of a page as its address has it. */
export function pageSearch({ from, to, bot, source, platform }: PageQuery): string {
  const search = new URLSearchParams({ from, to })
  for (const [key, value] of Object.entries({ bot, source, platform })) if (value) search.set(key, value)
  return `?${search}`
}

/** Rows of a ranking that a page asks for: its table shows them all. */
const MOST_ROWS = 200

/** Where a metric is asked for. Filters that it does not take it would refuse: those are left out, and named. */
export function statsUrl(
  { id, filters, isRanking }: Metric,
  query: PageQuery,
): { url: string; csv: string; leftOut: Filter[] } {
  const leftOut = FILTERS.filter((filter) => query[filter] !== null && !filters.includes(filter))
  const without = Object.fromEntries(leftOut.map((filter) => [filter, null]))
  const search = pageSearch({ ...query, ...without }) + (isRanking ? `&limit=${MOST_ROWS}` : '')
  return { url: `/stats/${id}${search}`, csv: `/stats/${id}.csv${search}`, leftOut }
}
