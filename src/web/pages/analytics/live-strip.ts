import { type Html, html } from '../../html.ts'
import type { Texts } from '../../texts.ts'

/** The numbers of this moment: the server pushes them while the page is open. */
export const liveStrip = (
  texts: Texts,
): Html => html`<section class="panel now" aria-labelledby="now" data-live="/stats/live">
<div class="panel-head"><h2 id="now"><span class="live-lamp"></span>${texts.nowTitle}</h2>
<span class="live-state quiet"></span></div>
<dl>${Object.entries(texts.nowFigures).map(([name, title]) => html`<div><dt>${title}</dt><dd data-now="${name}">–</dd></div>`)}</dl>
</section>`
