import { z } from 'zod'

/** A text in each language of the dashboard. */
export type InBoth = { en: string; ru: string }

export const FILTERS = ['bot', 'source', 'platform'] as const
export type Filter = (typeof FILTERS)[number]

/** What somebody asks of a metric. Days are of REPORT_TZ, as YYYY-MM-DD, both included. */
export interface MetricQuery {
  from: string
  to: string
  /** The day that is not over yet (`today` of days.ts): what needs it, or a later one, is null. */
  today: string
  /** null: all of them. `source` is where people first came from: organic, referral, campaign. */
  bot: string | null
  source: string | null
  platform: string | null
  /** Of rows, for a metric that is a ranking. */
  limit: number
}

/** What a column holds, which says how it is shown. `share` is from 0 to 1. */
export type ColumnKind = 'day' | 'text' | 'count' | 'share' | 'seconds' | 'number'

export interface Column<Value extends z.ZodType = z.ZodType> {
  kind: ColumnKind
  title: InBoth
  /** What may stand in it. null where nobody can know yet, or nothing was there to divide by. */
  value: Value
}

/** One number, or table of numbers, with one definition: the dashboard, the API, the digest and the chat show the same. */
export interface Metric<Row extends z.ZodObject = z.ZodObject> {
  /** GET /stats/<id> */
  id: string
  title: InBoth
  /** What it means, exactly: the tooltip. */
  definition: InBoth
  /** Who decides what by it. */
  decision: InBoth
  /** Filters that it can answer for; another one is refused. */
  filters: readonly Filter[]
  /** A ranking: it takes a limit. */
  isRanking?: true
  /** One row of the answer: names are columns. */
  row: Row
  columns: Record<string, Column>
  /** Parameterised SQL over the aggregates. Its columns are those of `row`, but for what `finish` makes of them. */
  sql(query: MetricQuery): { text: string; values: unknown[] }
  /** Makes rows of what SQL gave, where SQL cannot. */
  finish?(rows: Record<string, unknown>[], query: MetricQuery): Record<string, unknown>[]
}

type Values<C extends Record<string, Column>> = { [K in keyof C]: C[K]['value'] }

/** A metric whose rows are what its columns say. */
export function defineMetric<C extends Record<string, Column>>(
  metric: Omit<Metric, 'row' | 'columns'> & { columns: C },
): Metric<z.ZodObject<Values<C>>> {
  const values = Object.fromEntries(Object.entries(metric.columns).map(([name, { value }]) => [name, value]))
  return { ...metric, row: z.object(values as Values<C>) }
}
