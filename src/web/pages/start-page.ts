import { type Html, html } from '../html.ts'
import type { Readiness, StageReadiness } from '../readiness.ts'
import type { StageState } from '../stage-state.ts'
import type { Texts } from '../texts.ts'
import { layout } from './layout.ts'

const RENEW_AFTER_S = 10

/** How long ago, in the largest unit that is not zero. */
export function ago(texts: Texts, ageMs: number): string {
  const seconds = Math.round(ageMs / 1000)
  if (seconds < 120) return texts.secondsAgo(seconds)
  if (seconds < 7200) return texts.minutesAgo(Math.round(seconds / 60))
  return texts.hoursAgo(Math.round(seconds / 3600))
}

function row(texts: Texts, state: StageState, canary: StageReadiness | undefined): Html {
  const seen = canary?.ageMs ?? null
  return html`<tr>
<th scope="row"><a href="/queues/queue/${state.name}">${state.name}</a></th>
<td>${state.waiting}</td>
<td>${state.active}</td>
<td class="${state.failed > 0 ? 'bad' : ''}">${state.failed}</td>
<td>${state.firstInLineMs === null ? '–' : ago(texts, state.firstInLineMs)}</td>
<td><span class="lamp ${canary?.ok ? 'good' : 'bad'}"></span> ${seen === null ? texts.never : ago(texts, seen)}</td>
</tr>`
}

/** What had to be repaired, and how often; nothing when nothing had. */
function repairs(texts: Texts, mends: Record<string, number>): Html | string {
  const counts = Object.entries(mends).map(([kind, count]) => `${kind} ${count}`)
  return counts.length > 0 ? html`<p class="quiet">${texts.mends} ${counts.toSorted().join(' · ')}</p>` : ''
}

export function startPage(
  texts: Texts,
  states: StageState[],
  readiness: Readiness,
  mends: Record<string, number>,
): string {
  return layout({
    texts,
    title: texts.stagesTitle,
    renewAfterS: RENEW_AFTER_S,
    body: html`<header>
<p class="brand">${texts.product}</p>
<form method="post" action="/logout"><button class="plain">${texts.logOut}</button></form>
</header>
<main>
<h1>${texts.stagesTitle}</h1>
<p class="${readiness.ready ? 'notice' : 'problem'}" role="status">${readiness.ready ? texts.ready : texts.notReady}</p>
<p class="quiet">${texts.stagesLead}</p>
<div class="scroll"><table>
<thead><tr><th scope="col">${texts.stage}</th><th scope="col">${texts.waiting}</th><th scope="col">${texts.active}</th><th scope="col">${texts.failed}</th><th scope="col">${texts.firstInLine}</th><th scope="col">${texts.canary}</th></tr></thead>
<tbody>${states.map((state) => row(texts, state, readiness.stages[state.name]))}</tbody>
</table></div>
${repairs(texts, mends)}
<p><a class="button" href="/queues">${texts.openQueues}</a></p>
</main>`,
  })
}
