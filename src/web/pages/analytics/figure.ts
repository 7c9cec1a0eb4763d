import { metricOf } from '../../../shared/metrics/read-metric.ts'
import { type Html, html } from '../../html.ts'
import type { Texts } from '../../texts.ts'
import type { FigureOfPage } from './page.ts'
import { type PageQuery, statsUrl } from './page-query.ts'
import { inLanguage, meaning } from './panel.ts'

/** One number of the overview with its course over the days. Its meaning is that of the metric it belongs to. */
export function figure(
  texts: Texts,
  { column, metric: id, y }: FigureOfPage,
  query: PageQuery,
  n: number,
): Html {
  const overview = metricOf('overview')
  const metric = metricOf(id)
  const shown = overview.columns[column]
  if (!shown) throw new Error(`overview has no column ${column}`)
  const title = inLanguage(texts, shown.title)
  const spec = {
    ...{ url: statsUrl(overview, query).url, column, kind: shown.kind, title },
    ...(y && { course: { url: statsUrl(metric, query).url, y } }),
  }
  return html`<section class="panel" aria-labelledby="figure-${n}" aria-busy="true" data-figure="${JSON.stringify(spec)}">
<div class="panel-head"><h2 id="figure-${n}">${title}</h2>
${meaning(texts, metric, title, `figure-meaning-${n}`)}</div>
<p class="value">…</p>
<div class="spark"></div>
</section>`
}
