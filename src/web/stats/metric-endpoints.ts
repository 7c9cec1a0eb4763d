import { z } from 'zod'
import type { Metric } from '../../shared/metrics/metric.ts'
import { METRICS } from '../../shared/metrics/metrics.ts'
import { readMetric } from '../../shared/metrics/read-metric.ts'
import { defineEndpoint } from './endpoint.ts'
import { metricQuery, parametersOf } from './parameters.ts'

const filter = z.string().nullable().describe('null: all')

function endpointOf(metric: Metric) {
  const columns = Object.keys(metric.columns)
  const meanings = Object.entries(metric.columns).map(
    ([name, { title, kind }]) => `${name}: ${title.en} (${kind})`,
  )
  return defineEndpoint({
    id: metric.id,
    title: metric.title.en,
    description: [
      metric.definition.en,
      `Decides: ${metric.decision.en}`,
      `Columns: ${meanings.join('; ')}.`,
    ].join('\n\n'),
    takes: parametersOf(metric),
    answer: z.object({
      metric: z.literal(metric.id),
      query: z.object({
        ...{ from: z.iso.date(), to: z.iso.date(), bot: filter, source: filter, platform: filter },
        limit: z.int().nullable().describe('null: it is no ranking'),
      }),
      rows: z.array(metric.row),
    }),
    columns,
    async ask(db, given, timeZone) {
      const query = metricQuery(given, timeZone)
      const { from, to, bot, source, platform, limit } = query
      const rows = await readMetric(db, metric.id, query)
      const asked = { from, to, bot, source, platform, limit: metric.isRanking ? limit : null }
      return { metric: metric.id, query: asked, rows }
    },
    rows: ({ rows }) => rows,
  })
}

/** One for each metric. */
export const METRIC_ENDPOINTS = METRICS.map(endpointOf)
