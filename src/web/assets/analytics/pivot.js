import { formatted } from './format.js'
import { TEXTS } from './page.js'

const sum = (rows, y) => rows.reduce((total, row) => total + (row[y] ?? 0), 0)

const MOST_SERIES = 5

/** Rows with one line each for (x, split) as series over x: the largest ones, and the others together. */
export function pivot(rows, { x, y: [y], split, columns }) {
  const byName = Map.groupBy(rows, (row) => row[x])
  // Days in their order; of anything else the most first.
  const isDays = columns[x].kind === 'day'
  const labels = [...byName.keys()].sort(
    isDays ? undefined : (a, b) => sum(byName.get(b), y) - sum(byName.get(a), y),
  )
  const groups = Map.groupBy(rows, (row) => formatted(columns[split], row[split]) || TEXTS.other)
  const ranked = [...groups].sort(([, a], [, b]) => sum(b, y) - sum(a, y))
  const kept = ranked.length > MOST_SERIES + 1 ? ranked.slice(0, MOST_SERIES) : ranked
  const rest = ranked.slice(kept.length).flatMap(([, members]) => members)
  if (rest.length > 0) kept.push([TEXTS.other, rest])
  const series = kept.map(([label, members]) => {
    const at = Map.groupBy(members, (row) => row[x])
    return { label, values: labels.map((name) => sum(at.get(name) ?? [], y)) }
  })
  return { labels, series }
}
