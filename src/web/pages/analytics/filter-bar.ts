import { FILTERS, type Filter } from '../../../shared/metrics/metric.ts'
import { type Html, html } from '../../html.ts'
import type { Texts } from '../../texts.ts'
import { type PageQuery, PRESETS, pageSearch, presetDays } from './page-query.ts'

/** What there is to choose from, beside "all". */
export type Choices = Record<Filter, string[]> & {
  /** false: PostgreSQL has not said. */
  isKnown: boolean
}

function choice(texts: Texts, filter: Filter, names: string[], chosen: string | null): Html {
  // What the address asks for stands there even when nothing of it has been seen.
  const all = chosen === null || names.includes(chosen) ? names : [...names, chosen]
  const option = (name: string) =>
    html`<option value="${name}"${name === chosen ? html` selected` : ''}>${texts.columnWords[filter]?.[name] ?? name}</option>`
  return html`<label>${texts.filterNames[filter]}
<select name="${filter}"><option value="">${texts.all}</option>${all.map(option)}</select></label>`
}

/** Days and filters of a page: a form, so that every choice is an address that can be kept. */
export function filterBar(
  texts: Texts,
  {
    path,
    query,
    today,
    filters,
    choices,
  }: { path: string; query: PageQuery; today: string; filters: readonly Filter[]; choices: Choices },
): Html {
  const presets = PRESETS.map((days) => {
    const range = presetDays(today, days)
    const isCurrent = range.from === query.from && range.to === query.to
    return html`<a href="${path}${pageSearch({ ...query, ...range })}"${isCurrent ? html` aria-current="true"` : ''}>${texts.presets[days]}</a>`
  })
  return html`<form class="filters" method="get" action="${path}" aria-label="${texts.filtersTitle}">
<div class="presets">${presets}</div>
<label>${texts.from}<input type="date" name="from" value="${query.from}" max="${today}" required></label>
<label>${texts.to}<input type="date" name="to" value="${query.to}" max="${today}" required></label>
${FILTERS.filter((filter) => filters.includes(filter)).map((filter) => choice(texts, filter, choices[filter], query[filter]))}
<button>${texts.apply}</button>
</form>`
}
