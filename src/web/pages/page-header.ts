import { type Html, html } from '../html.ts'
import type { Texts } from '../texts.ts'
import { THEMES } from '../theme.ts'

/** The parts of the dashboard, as every page links them. */
export type Part = 'stages' | 'queues' | 'dead-letters' | 'analytics'

const PARTS: { part: Part; path: string; title: (texts: Texts) => string }[] = [
  { part: 'stages', path: '/', title: (texts) => texts.stagesTitle },
  { part: 'queues', path: '/queues', title: (texts) => texts.queuesTitle },
  { part: 'dead-letters', path: '/dead-letters', title: (texts) => texts.deadLettersTitle },
  { part: 'analytics', path: '/analytics', title: (texts) => texts.analyticsTitle },
]

/** What stands above every page of somebody who is logged in. */
export const pageHeader = (
  texts: Texts,
  current: Part,
): Html => html`<a class="skip" href="#main">${texts.skip}</a>
<header class="top">
<p class="brand"><a href="/">${texts.product}</a></p>
<nav class="parts" aria-label="${texts.parts}">${PARTS.map(
  ({ part, path, title }) =>
    html`<a href="${path}"${part === current ? html` aria-current="true"` : ''}>${title(texts)}</a>`,
)}</nav>
<form method="post" action="/theme" class="themes" role="group" aria-label="${texts.themeTitle}">${THEMES.map(
  (theme) =>
    html`<button class="plain" name="theme" value="${theme}" aria-pressed="${theme === texts.theme ? 'true' : 'false'}" title="${texts.themes[theme]}"><span aria-hidden="true" class="sign ${theme}"></span><span class="unseen">${texts.themes[theme]}</span></button>`,
)}</form>
<form method="post" action="/logout"><button class="plain">${texts.logOut}</button></form>
</header>`
