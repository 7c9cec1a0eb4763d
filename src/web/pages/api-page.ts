import { z } from 'zod'
import { type Html, html } from '../html.ts'
import type { Texts } from '../texts.ts'
import { layout } from './layout.ts'
import { pageHeader } from './page-header.ts'

const Operation = z.object({
  summary: z.string(),
  description: z.string().optional(),
  tags: z.array(z.string()).default([]),
  parameters: z.array(z.object({ name: z.string(), description: z.string().optional() })),
})
/** What the page shows of an OpenAPI description. */
const Description = z.object({ paths: z.record(z.string(), z.record(z.string(), Operation)) })

function endpoint(
  path: string,
  method: string,
  { summary, description, parameters }: z.infer<typeof Operation>,
): Html {
  const takes = parameters.map(
    (one) => html`<li><code>${one.name}</code>${one.description ? ` – ${one.description}` : ''}</li>`,
  )
  return html`<section>
<h2><code>${method.toUpperCase()} ${path}</code></h2>
<p>${summary}</p>
${(description ?? '').split('\n\n').map((text) => (text ? html`<p class="quiet">${text}</p>` : html``))}
${takes.length > 0 ? html`<ul>${takes}</ul>` : ''}
</section>`
}

/** All endpoints of an OpenAPI description, for people. Files stand beside what they are files of. */
export function apiPage(texts: Texts, openApi: unknown): string {
  const { paths } = Description.parse(openApi)
  const sections = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => endpoint(path, method, operation)),
  )
  return layout({
    texts,
    title: texts.apiTitle,
    body: html`${pageHeader(texts, 'analytics')}
<main id="main">
<h1>${texts.apiTitle}</h1>
<p class="quiet">${texts.apiLead}</p>
<p><a class="button" href="/stats/openapi.json">OpenAPI</a></p>
${sections}
</main>`,
  })
}
