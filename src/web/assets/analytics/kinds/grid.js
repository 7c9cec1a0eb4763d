import { element } from '../element.js'
import { formatted, short } from '../format.js'
import { TEXTS } from '../page.js'

/**
 * Names down (x), another column across (split), the darker the more (the first of y); beside the names, the second of y.
 * What nobody can know yet is empty.
 */
export function grid(place, spec, rows) {
  const { x, y, split, columns, title } = spec
  const [value, side] = y
  const across = [...new Set(rows.map((row) => row[split]))].sort((a, b) => a - b)
  const heat = scale(
    columns[value],
    rows.map((row) => row[value] ?? 0),
  )
  const line = ([name, members]) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, formatted(columns[x], name)),
      side && element('td', {}, formatted(columns[side], members[0][side])),
      ...across.map((at) =>
        cell(columns[value], members.find((row) => row[split] === at)?.[value] ?? null, heat),
      ),
    )
  const head = [columns[x].title, side && columns[side].title, ...across.map(String)]
  const cells = head.filter((name) => name !== undefined).map((name) => element('th', { scope: 'col' }, name))
  const table = element(
    'table',
    { class: 'grid' },
    element('caption', { class: 'unseen' }, title),
    element('thead', {}, element('tr', {}, ...cells)),
    element('tbody', {}, ...[...Map.groupBy(rows, (row) => row[x])].map(line)),
  )
  place.replaceChildren(
    element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title }, table),
  )
}

/** How dark, in percent. By the root, so that low values differ as well. */
function scale({ kind }, values) {
  const most = kind === 'share' ? 1 : Math.max(1, ...values)
  return (value) => `${Math.round(Math.sqrt(value / most) * 70)}%`
}

function cell(column, value, heat) {
  if (value === null) return element('td', {}, element('span', { class: 'unseen' }, TEXTS.notYet))
  const node = element('td', { class: 'heat' }, short(column, value))
  node.style.setProperty('--heat', heat(value))
  return node
}
