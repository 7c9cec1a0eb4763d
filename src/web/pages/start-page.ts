import type { StageName } from '../../../queues/pipeline.ts'
import { type Html, html } from '../html.ts'
import type { Readiness, StageReadiness } from '../readiness.ts'
import type { StageState } from '../stage-state.ts'
import type { Texts } from '../texts.ts'
import { ago } from './ago.ts'
import { layout } from './layout.ts'
import { pageHeader } from './page-header.ts'

const RENEW_AFTER_S = 10

function row(texts: Texts, state: StageState, dead: number, canary: StageReadiness | undefined): Html {
  const seen = canary?.ageMs ?? null
  return html`<tr>
<th scope="row"><a href="/queues/queue/${state.name}">${state.name}</a></th>
<td>${state.waiting}</td>
<td>${state.active}</td>
<td class="${dead > 0 ? 'bad' : ''}">${dead}</td>
<td>${state.firstInLineMs === null ? '–' : ago(texts, state.firstInLineMs)}</td>
<td><span class="lamp ${canary?.ok ? 'good' : 'bad'}"></span> ${seen === null ? texts.never : ago(texts, seen)}</td>
</tr>`
}

/** What had to be repaired, and how often; nothing when nothing had. */
function repairs(texts: Texts, mends: Record<string, number>): Html | string {
  const counts = Object.entries(mends).map(([kind, count]) => `${kind} ${count}`)
  return counts.length > 0 ? html`<p class="quiet">${texts.mends} ${counts.toSorted().join(' · ')}</p>` : ''
}

interface StartView {
  states: StageState[]
  readiness: Readiness
  mends: Record<string, number>
  /** The open ones, by stage: honest refusals are none. */
  deadLetters: Partial<Record<StageName, number>>
}

export function startPage(texts: Texts, { states, readiness, mends, deadLetters }: StartView): string {
  const open = Object.values(deadLetters).reduce((sum, count) => sum + count, 0)
  return layout({
    texts,
    title: texts.stagesTitle,
    renewAfterS: RENEW_AFTER_S,
    body: html`${pageHeader(texts, 'stages')}
<main id="main">
<h1>${texts.stagesTitle}</h1>
<p class="${readiness.ready ? 'notice' : 'problem'}" role="status">${readiness.ready ? texts.ready : texts.notReady}</p>
<p class="quiet">${texts.stagesLead}</p>
<div class="scroll"><table>
<thead><tr><th scope="col">${texts.stage}</th><th scope="col">${texts.waiting}</th><th scope="col">${texts.active}</th><th scope="col">${texts.deadLettersTitle}</th><th scope="col">${texts.firstInLine}</th><th scope="col">${texts.canary}</th></tr></thead>
<tbody>${states.map((state) => row(texts, state, deadLetters[state.name] ?? 0, readiness.stages[state.name]))}</tbody>
</table></div>
${repairs(texts, mends)}
<p class="actions"><a class="button" href="/queues">${texts.openQueues}</a>
<a class="button plain" href="/dead-letters">${texts.openDeadLetters(open)}</a></p>
</main>`,
  })
}
