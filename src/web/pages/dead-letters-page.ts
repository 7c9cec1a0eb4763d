import type { DeadLetterGroup } from '../../../queues/dead-letter.ts'
import type { ReplayCounts } from '../../../queues/replay.ts'
import { type Html, html } from '../html.ts'
import type { ShownDeadLetter } from '../shown-dead-letter.ts'
import type { Texts } from '../texts.ts'
import { ago } from './ago.ts'
import { layout } from './layout.ts'
import { pageHeader } from './page-header.ts'

interface DeadLettersView {
  groups: DeadLetterGroup[]
  letters: ShownDeadLetter[]
  /** All that are kept, and not the open ones only. */
  all: boolean
  /** What a replay of a whole group has done. */
  counts: ReplayCounts | null
  /** Whoever looks may replay. */
  mayChange: boolean
}

function replayAll(texts: Texts, { stage, code, site }: DeadLetterGroup): Html {
  return html`<form method="post" action="/dead-letters/replay">
<input type="hidden" name="stage" value="${stage}"><input type="hidden" name="code" value="${code}">
<input type="hidden" name="site" value="${site ?? ''}">
<button class="small">${texts.replayAll}</button></form>`
}

function group(texts: Texts, one: DeadLetterGroup, mayChange: boolean): Html {
  const { stage, code, site, count, lastFailedAtMs } = one
  return html`<tr>
<th scope="row">${stage}: ${code}${site === null ? '' : html` <span class="quiet">${site}</span>`}</th>
<td>${count}</td>
<td>${ago(texts, Date.now() - lastFailedAtMs)}</td>
<td>${mayChange ? replayAll(texts, one) : ''}</td>
</tr>`
}

function record(texts: Texts, letter: ShownDeadLetter): Html {
  const { id, stage, code, ticket, jobId, people, state, failedAtMs } = letter
  return html`<tr>
<th scope="row"><a href="/dead-letters/${encodeURIComponent(id)}">${ticket ?? jobId}</a></th>
<td class="words">${stage}: ${code}</td>
<td>${people}</td>
<td>${ago(texts, Date.now() - failedAtMs)}</td>
<td>${texts.letterStates[state]}</td>
</tr>`
}

/** The columns, and which of them is words among figures. */
const table = (head: string[], words: string | null, rows: Html[]): Html => html`<div class="scroll"><table>
<thead><tr>${head.map((name) => html`<th scope="col" class="${name === words ? 'words' : ''}">${name}</th>`)}</tr></thead>
<tbody>${rows}</tbody>
</table></div>`

/** What failed for good: by root cause, and each by itself. */
export function deadLettersPage(texts: Texts, view: DeadLettersView): string {
  const { groups, letters, all, counts, mayChange } = view
  const other = all
    ? html`<a href="/dead-letters">${texts.onlyOpen}</a>`
    : html`<a href="/dead-letters?state=all">${texts.alsoClosed}</a>`
  return layout({
    texts,
    title: texts.deadLettersTitle,
    body: html`${pageHeader(texts, 'dead-letters')}
<main id="main">
<h1>${texts.deadLettersTitle}</h1>
<p class="quiet">${texts.deadLettersLead}</p>
${counts ? html`<p class="${counts.left > 0 ? 'problem' : 'notice'}" role="status">${texts.groupReplayed(counts)}</p>` : ''}
${
  groups.length > 0
    ? html`<h2>${texts.rootCauses}</h2>
${table(
  [texts.cause, texts.count, texts.lastTime, ''],
  null,
  groups.map((one) => group(texts, one, mayChange)),
)}`
    : html`<p class="notice">${texts.noDeadLetters}</p>`
}
${
  letters.length > 0
    ? html`<h2>${all ? texts.allRecords : texts.openRecords}</h2>
${table(
  [texts.ticket, texts.cause, texts.people, texts.failedAt, texts.state],
  texts.cause,
  letters.map((one) => record(texts, one)),
)}`
    : ''
}
<p>${other}</p>
</main>`,
  })
}
