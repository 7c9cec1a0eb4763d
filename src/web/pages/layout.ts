import { type Html, html } from '../html.ts'
import type { Texts } from '../texts.ts'

interface LayoutOptions {
  texts: Texts
  title: string
  body: Html
  /** The page loads itself again after so long; it works without scripts. */
  renewAfterS?: number
  /** Addresses of style sheets and modules on top: of our own host. */
  styles?: string[]
  scripts?: string[]
}

/** The frame of every page of ours: a whole document. */
export function layout({
  texts,
  title,
  body,
  renewAfterS,
  styles = [],
  scripts = [],
}: LayoutOptions): string {
  return html`<!doctype html>
<html lang="${texts.language}" data-theme="${texts.theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${renewAfterS ? html`<meta http-equiv="refresh" content="${renewAfterS}">` : ''}
<title>${title} · ${texts.product}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/web.css">
${styles.map(
  (path) => html`<link rel="stylesheet" href="${path}">
`,
)}${scripts.map(
  (path) => html`<script type="module" src="${path}"></script>
`,
)}</head>
<body>
${body}
</body>
</html>
`.text
}
