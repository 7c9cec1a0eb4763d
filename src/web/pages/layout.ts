import { type Html, html } from '../html.ts'
import type { Texts } from '../texts.ts'

interface LayoutOptions {
  texts: Texts
  title: string
  body: Html
  /** The page loads itself again after so long; it works without scripts. */
  renewAfterS?: number
}

/** The frame of every page of ours: a whole document. */
export function layout({ texts, title, body, renewAfterS }: LayoutOptions): string {
  return html`<!doctype html>
<html lang="${texts.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${renewAfterS ? html`<meta http-equiv="refresh" content="${renewAfterS}">` : ''}
<title>${title} · ${texts.product}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/web.css">
</head>
<body>
${body}
</body>
</html>
`.text
}
