import { element } from '../element.js'
import { formatted } from '../format.js'
import { TEXTS } from '../page.js'

const share = (part, whole) => (whole > 0 ? formatted({ kind: 'share' }, part / whole) : '')

/** Steps under each other, as wide as the people who came so far. */
export function funnel(place, { x, y: [y], columns }, rows) {
  const first = rows[0]?.[y] ?? 0
  const steps = rows.map((row, i) => {
    const bar = element('span', { class: 'step-bar', 'aria-hidden': 'true' })
    bar.style.width = `${first > 0 ? Math.max(0.5, (100 * row[y]) / first) : 0}%`
    const shares =
      i === 0 || !(first > 0)
        ? ''
        : `${share(row[y], first)} ${TEXTS.fromStart} · ${share(row[y], rows[i - 1][y])} ${TEXTS.fromBefore}`
    return element(
      'li',
      {},
      element('span', { class: 'step-name' }, formatted(columns[x], row[x])),
      element('span', { class: 'step-count' }, formatted({ kind: 'count' }, row[y])),
      element('span', { class: 'step-track' }, bar),
      element('span', { class: 'step-shares quiet' }, shares),
    )
  })
  const waiting = rows[0]?.waiting ?? 0
  const note = waiting > 0 ? `${columns.waiting.title}: ${formatted({ kind: 'count' }, waiting)}` : null
  place.replaceChildren(
    element('ol', { class: 'funnel' }, ...steps),
    ...(note ? [element('p', { class: 'note quiet' }, note)] : []),
  )
}
