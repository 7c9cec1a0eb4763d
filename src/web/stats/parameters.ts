import { z } from 'zod'
import { addDays, dayIn, daysBetween } from '../../shared/metrics/days.ts'
import { FILTERS, type Metric, type MetricQuery } from '../../shared/metrics/metric.ts'
import { BadRequest } from '../http-error.ts'
import { MOST_ACTIVE_DAYS } from './all-time.ts'

export const MOST_DAYS = 400
export const DEFAULT_DAYS = 30
export const MOST_ROWS = 1000
export const DEFAULT_ROWS = 10

const day = z.iso
  .date('must be a day, like 2026-11-21')
  .refine((text) => text >= '2015-01-01' && text <= '2100-01-01', 'must be from 2015 to 2099')
/** Digits only: the usual conversion takes a space for 0 and `0x10` for 16. */
const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`)

/** Every parameter that an endpoint may take, by its name. */
export const PARAMETERS = {
  from: day,
  to: day,
  // Other bots call themselves what they like: `news-bot`, `Новости`.
  bot: z.string().regex(/^[\p{L}\p{N}_.:+@ -]{1,64}$/u, 'must be the name of a bot'),
  source: z.enum(['organic', 'referral', 'campaign'], 'must be organic, referral or campaign'),
  platform: z.string().regex(/^[\w:.+-]{1,64}$/, 'must be the name of a site, like youtube'),
  limit: wholeNumber(1, MOST_ROWS),
  days: wholeNumber(1, MOST_ACTIVE_DAYS),
  bom: z.enum(['0', '1'], 'must be 0 or 1'),
}
export type ParameterName = keyof typeof PARAMETERS
export type Parameters = { [K in ParameterName]?: z.output<(typeof PARAMETERS)[K]> | undefined }

/**
 * Reads the query of a request. One that is empty counts as not given, as forms send it.
 * @throws BadRequest with every problem at once: unknown, given twice, or not what it must be.
 */
export function readParameters(query: unknown, takes: readonly ParameterName[]): Parameters {
  const problems: string[] = []
  const found: Record<string, string> = {}
  for (const [name, value] of Object.entries(query ?? {})) {
    const known = takes.find((one) => one === name)
    if (known === undefined) problems.push(unknownParameter(name, takes))
    else if (typeof value !== 'string') problems.push(`${name} is given more than once`)
    else if (value !== '') found[known] = value
  }
  const parsed = z.object(PARAMETERS).partial().safeParse(found)
  for (const { path, message } of parsed.error?.issues ?? []) problems.push(`${path.join('.')} ${message}`)
  if (!parsed.success || problems.length > 0) throw new BadRequest(problems.join('; '))
  return parsed.data
}

function unknownParameter(name: string, takes: readonly ParameterName[]): string {
  const shown = JSON.stringify(name.slice(0, 40))
  const taken = takes.length > 0 ? `it takes ${takes.join(', ')}` : 'it takes none'
  const isFilter = FILTERS.some((filter) => filter === name)
  return isFilter ? `this cannot be told by ${name}: ${taken}` : `there is no parameter ${shown}: ${taken}`
}

/** What a metric may be asked by. */
export const parametersOf = ({ filters, isRanking }: Metric): ParameterName[] => [
  'from',
  'to',
  ...FILTERS.filter((filter) => filters.includes(filter)),
  ...(isRanking ? (['limit'] as const) : []),
]

/** The last 30 days without days of one's own. @throws BadRequest */
export function metricQuery(given: Parameters, timeZone: string): MetricQuery {
  const today = dayIn(timeZone, Date.now())
  const to = given.to ?? today
  const from = given.from ?? addDays(to, 1 - DEFAULT_DAYS)
  if (from > to) throw new BadRequest(`from (${from}) is after to (${to})`)
  const days = daysBetween(from, to) + 1
  if (days > MOST_DAYS) throw new BadRequest(`these are ${days} days: ask for ${MOST_DAYS} at most`)
  const { bot = null, source = null, platform = null, limit = DEFAULT_ROWS } = given
  return { from, to, today, bot, source, platform, limit }
}
