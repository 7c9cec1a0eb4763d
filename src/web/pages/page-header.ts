import { type Html, html } from '../html.ts'
import type { Texts } from '../texts.ts'

/** What stands above every page of somebody who is logged in. */
export const pageHeader = (texts: Texts): Html => html`<header>
<p class="brand"><a href="/">${texts.product}</a></p>
<form method="post" action="/logout"><button class="plain">${texts.logOut}</button></form>
</header>`
