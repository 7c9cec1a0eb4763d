import { html } from '../html.ts'
import type { Texts } from '../texts.ts'
import { layout } from './layout.ts'

/** A page that says one thing and leads back. */
export function messagePage(texts: Texts, status: number, message: string): string {
  return layout({
    texts,
    title: String(status),
    body: html`<main class="card">
<p class="brand">${texts.product}</p>
<h1>${status}</h1>
<p>${message}</p>
<p><a href="/">${texts.toStart}</a></p>
</main>`,
  })
}
