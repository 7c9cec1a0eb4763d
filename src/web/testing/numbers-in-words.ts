import { METRICS } from '../../shared/metrics/metrics.ts'
import { PAGES } from '../pages/analytics/pages.ts'

/** Metrics without a chart of their own: they stand on the overview. */
const ON_OVERVIEW = ['overview']

/**
 * What each number means and which decision it serves, as docs/operators.md has it: by the page on which the number stands
 * first, behind the overview.
 */
export function numbersInWords(): string {
  const told = new Set<string>()
  const [overview, ...others] = PAGES
  const parts = [overview, ...others].flatMap((page) => {
    if (!page) return []
    const ids = page === overview ? ON_OVERVIEW : page.charts.map(({ metric }) => metric)
    const metrics = METRICS.filter(({ id }) => ids.includes(id) && !told.has(id))
    for (const { id } of metrics) told.add(id)
    const name = page.id || 'overview'
    const words = metrics.map(
      ({ id, title, definition, decision }) =>
        `**${title.en}** ([\`/stats/${id}\`](#the-numbers-over-http)). ${definition.en} *Decides:* ${decision.en}`,
    )
    return metrics.length === 0
      ? []
      : [`### ${page.title.en}`, `![${page.title.en}](pictures/analytics-${name}.png)`, ...words]
  })
  return parts.join('\n\n')
}
