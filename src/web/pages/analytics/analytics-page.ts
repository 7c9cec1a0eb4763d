import { metricOf } from '../../../shared/metrics/read-metric.ts'
import { html } from '../../html.ts'
import type { KeptOnPage } from '../../kept-on-page.ts'
import type { Texts } from '../../texts.ts'
import { layout } from '../layout.ts'
import { pageHeader } from '../page-header.ts'
import { figure } from './figure.ts'
import { type Choices, filterBar } from './filter-bar.ts'
import type { AnalyticsPage } from './page.ts'
import { type PageQuery, pageSearch } from './page-query.ts'
import { PAGES } from './pages.ts'
import { inLanguage, panel } from './panel.ts'

export const pathOf = ({ id }: AnalyticsPage): string => (id === '' ? '/analytics' : `/analytics/${id}`)

interface View {
  page: AnalyticsPage
  query: PageQuery
  today: string
  choices: Choices
  /** What the page keeps: ads, experiments, words. */
  kept: KeptOnPage
}

/** One page of analytics: its frame at once, its numbers by script. */
export function analyticsPage(texts: Texts, { page, query, today, choices, kept }: View): string {
  const title = inLanguage(texts, page.title)
  const used = [...page.charts, ...(page.figures ?? [])].map(({ metric }) => metricOf(metric))
  const links = PAGES.map(
    (one) =>
      html`<a href="${pathOf(one)}${pageSearch(query)}"${one === page ? html` aria-current="page"` : ''}>${inLanguage(texts, one.title)}</a>`,
  )
  const isBelow = page.keeps === 'ads' || page.keeps === 'words'
  return layout({
    texts,
    title,
    styles: ['/assets/analytics/analytics.css'],
    // In this order: the second one finds what the first one leaves.
    scripts: ['/assets/chart.js', '/assets/analytics/main.js'],
    body: html`${pageHeader(texts, 'analytics')}
<main id="main" data-language="${texts.language}" data-texts="${JSON.stringify(texts.inPage)}">
<nav class="pages" aria-label="${texts.analyticsPages}">${links}</nav>
<h1>${title}</h1>
<p class="quiet">${inLanguage(texts, page.lead)}</p>
<noscript><p class="problem">${texts.needsScripts}</p></noscript>
${page.charts.length > 0 ? filterBar(texts, { path: pathOf(page), query, today, filters: used.flatMap(({ filters }) => filters), choices }) : ''}
${choices.isKnown && choices.bot.length === 0 ? html`<p class="notice" role="status">${texts.noEvents}</p>` : ''}
${kept.outcome}
${isBelow ? '' : kept.section}
${page.figures ? html`<div class="figures">${page.figures.map((one, n) => figure(texts, one, query, n))}</div>` : ''}
<div class="panels">${page.charts.map((chart, n) => panel(texts, chart, metricOf(chart.metric), query, n))}</div>
${isBelow ? kept.section : ''}
<p class="quiet"><a href="/analytics/api">${texts.apiTitle}</a></p>
</main>`,
  })
}
