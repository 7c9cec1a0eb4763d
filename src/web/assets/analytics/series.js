import { formatted } from './format.js'
import { pivot } from './pivot.js'

/** The largest value of all series. */
export const mostOf = (series) => Math.max(0, ...series.flatMap(({ values }) => values.map(Number)))

/** What a chart shows of its rows: names along the one axis, series along the other, and the column of their values. */
export function seriesOf(spec, rows) {
  const { x, y, also, split, order, columns } = spec
  const column = columns[y[0]]
  if (split) return { ...pivot(rows, spec), column }
  const sorted = order ? rows.toSorted((a, b) => order.indexOf(a[x]) - order.indexOf(b[x])) : rows
  const series = y.map((name) => ({ label: columns[name].title, values: sorted.map((row) => row[name]) }))
  const name = (row) => (row[also] ? `${formatted(columns[x], row[x])}: ${row[also]}` : row[x])
  return { labels: sorted.map(name), series, column }
}
