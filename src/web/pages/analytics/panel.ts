import type { InBoth, Metric } from '../../../shared/metrics/metric.ts'
import { type Html, html } from '../../html.ts'
import type { Texts } from '../../texts.ts'
import type { ChartOfPage } from './page.ts'
import { type PageQuery, statsUrl } from './page-query.ts'

export const inLanguage = (texts: Texts, words: InBoth): string =>
  texts.language === 'ru' ? words.ru : words.en

/** Codes that every browser has names for. */
const NAMES: Record<string, 'language' | 'region'> = { language: 'language', region: 'region' }

/** The columns of a metric with their titles in the reader's language, for the scripts. */
const columnsOf = (texts: Texts, metric: Metric) =>
  Object.fromEntries(
    Object.entries(metric.columns).map(([name, { kind, title }]) => [
      name,
      { kind, title: inLanguage(texts, title), words: texts.columnWords[name], names: NAMES[name] },
    ]),
  )

/** The names along the axis, and the figures: where a page does not say, the first of each. */
export function axesOf({ x, y }: Pick<ChartOfPage, 'x' | 'y'>, metric: Metric): { x: string; y: string[] } {
  const columns = Object.entries(metric.columns)
  const isName = (kind: string) => kind === 'day' || kind === 'text'
  const [first] = columns.filter(([, { kind }]) => !isName(kind))
  const same = columns.filter(([, { kind }]) => kind === first?.[1].kind).map(([name]) => name)
  return { x: x ?? columns.find(([, { kind }]) => isName(kind))?.[0] ?? '', y: y ?? same }
}

/** The button that tells what a number means: with the pointer, the keyboard or a finger. */
export const meaning = (texts: Texts, metric: Metric, title: string, id: string): Html =>
  html`<button type="button" class="what" aria-label="${texts.whatIsIt(title)}" aria-describedby="${id}">?</button>
<div class="tip" role="tooltip" id="${id}"><p>${inLanguage(texts, metric.definition)}</p>
<p>${texts.decides} ${inLanguage(texts, metric.decision)}</p></div>`

/** One chart with all that belongs to it. The script fills it from the address in `data-chart`. */
export function panel(texts: Texts, chart: ChartOfPage, metric: Metric, query: PageQuery, n: number): Html {
  const title = inLanguage(texts, chart.title ?? metric.title)
  const { url, csv, leftOut } = statsUrl(metric, query)
  const spec = {
    ...{ url, kind: chart.kind, title, columns: columnsOf(texts, metric) },
    ...{ ...axesOf(chart, metric), also: chart.also, split: chart.split, isStacked: chart.isStacked },
    ...{ only: chart.only, links: chart.links, order: chart.order, isRanking: metric.isRanking },
  }
  return html`<section class="panel${chart.isWide ? ' wide' : ''}" aria-labelledby="title-${n}" aria-busy="true" data-chart="${JSON.stringify(spec)}">
<div class="panel-head"><h2 id="title-${n}">${title}</h2>
${meaning(texts, metric, title, `meaning-${n}`)}
<a class="csv" href="${csv}" download aria-label="${texts.csvOf(title)}">${texts.csv}</a></div>
${leftOut.length > 0 ? html`<p class="note quiet">${texts.notBy} ${leftOut.map((filter) => texts.filterNames[filter]).join(', ')}</p>` : ''}
<div class="plot"><p class="skeleton">${texts.inPage.loading}</p></div>
<details class="rows"><summary>${texts.asTable}</summary></details>
</section>`
}
