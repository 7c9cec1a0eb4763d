import { z } from 'zod'
import type { Pool } from '../db/pool.ts'
import { FILTERS, type Metric, type MetricQuery } from './metric.ts'
import { METRICS } from './metrics.ts'

/** Somebody asked for what is not there: `problem` says what, and names no more than the question did. */
export class MetricError extends Error {
  readonly problem: 'unknown_metric' | 'filter' | 'range'

  constructor(problem: MetricError['problem'], message: string) {
    super(message)
    this.name = 'MetricError'
    this.problem = problem
  }
}

export type Db = Pick<Pool, 'query'>

/** @throws MetricError when there is no such metric */
export function metricOf(id: string): Metric {
  const metric = METRICS.find((one) => one.id === id)
  if (!metric)
    throw new MetricError(
      'unknown_metric',
      `there is no metric ${id}; there are ${METRICS.map((m) => m.id).join(', ')}`,
    )
  return metric
}

/** @throws MetricError when the metric cannot answer that */
export function checkQuery(metric: Metric, query: MetricQuery): void {
  const refused = FILTERS.find((filter) => query[filter] !== null && !metric.filters.includes(filter))
  if (refused !== undefined)
    throw new MetricError(
      'filter',
      `${metric.id} has no filter ${refused}; it has ${metric.filters.join(', ') || 'none'}`,
    )
  if (query.from > query.to) throw new MetricError('range', `from ${query.from} is after to ${query.to}`)
}

/**
 * Reads one metric whose rows are known to the caller.
 * @throws MetricError when it cannot answer that
 */
export async function readRows<Row extends z.ZodObject>(
  db: Db,
  metric: Metric<Row>,
  query: MetricQuery,
): Promise<z.infer<Row>[]> {
  checkQuery(metric, query)
  const { text, values } = metric.sql(query)
  const { rows } = await db.query<Record<string, unknown>>({ text, values })
  return z.array(metric.row).parse(metric.finish ? metric.finish(rows, query) : rows)
}

/**
 * Reads one metric by its id, its rows checked.
 * @throws MetricError when there is none of that id, or when it cannot answer that
 */
export async function readMetric(db: Db, id: string, query: MetricQuery): Promise<Record<string, unknown>[]> {
  return await readRows(db, metricOf(id), query)
}
