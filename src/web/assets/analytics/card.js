import { ask } from './ask.js'
import { element } from './element.js'
import { KINDS } from './kinds.js'
import { TEXTS } from './page.js'
import { rowsTable } from './rows-table.js'

/** Fills one panel: its chart, and the same rows as a table. */
export async function fillCard(panel) {
  const spec = JSON.parse(panel.dataset.chart)
  const place = panel.querySelector('.plot')
  const table = panel.querySelector('.rows')
  try {
    const rows = (await ask(spec.url)).filter((row) =>
      Object.entries(spec.only ?? {}).every(([name, value]) => row[name] === value),
    )
    const isEmpty = rows.length === 0 || rows.every((row) => spec.y.every((name) => !row[name]))
    if (isEmpty) place.replaceChildren(element('p', { class: 'nothing' }, TEXTS.empty))
    else KINDS[spec.kind](place, spec, rows)
    table.hidden = rows.length === 0
    // A year of rows is made only for whoever wants to read it.
    table.addEventListener('toggle', () => table.append(rowsTable(spec, rows)), { once: true })
  } catch (error) {
    place.replaceChildren(problem(error, () => fillCard(panel)))
  }
  panel.setAttribute('aria-busy', 'false')
}

/** What is wrong, and what to do about it. */
export function problem(error, retry) {
  const words = {
    refused: `${TEXTS.refused} ${error.message}`,
    away: TEXTS.databaseAway,
    slow: TEXTS.databaseSlow,
  }[error.why]
  if (error.why === 'logged_out')
    return element(
      'p',
      { class: 'problem' },
      `${TEXTS.loggedOut} `,
      element('a', { href: '/login' }, TEXTS.logIn),
    )
  // What no answer explains is a mistake of ours: the console has it.
  if (!error.why) reportError(error)
  const again = element('button', { type: 'button', class: 'small plain', onclick: retry }, TEXTS.again)
  return element(
    'p',
    { class: 'problem', role: 'alert' },
    `${words ?? TEXTS.broken} `,
    error.why === 'refused' ? null : again,
  )
}
