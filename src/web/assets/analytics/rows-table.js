import { element } from './element.js'
import { formatted } from './format.js'
import { TEXTS } from './page.js'

const FIGURES = ['count', 'share', 'seconds', 'number']

/** The rows as a table: what a chart shows, for those who read it or hear it. */
export function rowsTable({ columns, title, links }, rows) {
  const names = Object.keys(columns)
  const figure = (name) => (FIGURES.includes(columns[name].kind) ? 'figure' : 'words')
  const head = names.map((name) => element('th', { scope: 'col', class: figure(name) }, columns[name].title))
  const cell = (row, name, i) => {
    const attributes = { class: figure(name), ...(i === 0 && { scope: 'row' }) }
    return element(i === 0 ? 'th' : 'td', attributes, inCell(columns[name], row[name], links?.[name]))
  }
  const lines = rows.map((row) => element('tr', {}, ...names.map((name, i) => cell(row, name, i))))
  return element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': title },
    element(
      'table',
      {},
      element('caption', { class: 'unseen' }, title),
      element('thead', {}, element('tr', {}, ...head)),
      element('tbody', {}, ...lines),
    ),
  )
}

function inCell(column, value, link) {
  // Empty to the eye, and said to those who hear it.
  if (value === null && column.kind === 'text') return '–'
  if (value === null) return element('span', { class: 'unseen' }, TEXTS.notYet)
  const text = formatted(column, value)
  return link ? element('a', { href: link + encodeURIComponent(value) }, text) : text
}
