import { type Html, html } from '../html.ts'
import type { ShownDeadLetter } from '../shown-dead-letter.ts'
import type { Texts } from '../texts.ts'
import { ago } from './ago.ts'
import { layout } from './layout.ts'
import { pageHeader } from './page-header.ts'

/** Why a button did nothing. */
export type Refusal = 'closed' | 'ending' | 'job_gone'

const fact = (name: string, value: Html | string | number): Html => html`<dt>${name}</dt><dd>${value}</dd>`

const pre = (name: string, text: string): Html =>
  text === '' ? html`` : html`<h2>${name}</h2><pre class="scroll">${text}</pre>`

const json = (value: unknown): string =>
  value === null || value === undefined ? '' : JSON.stringify(value, undefined, 2)

function actions(texts: Texts, id: string): Html {
  const path = `/dead-letters/${encodeURIComponent(id)}`
  return html`<div class="actions">
<form method="post" action="${path}/replay"><button>${texts.replay}</button></form>
<form method="post" action="${path}/discard"><button class="plain">${texts.discard}</button></form>
</div>`
}

/** What has become of it. */
function end(texts: Texts, { state, changedAtMs, changedBy, outcome }: ShownDeadLetter): Html {
  const when = changedAtMs === null ? '' : ago(texts, Date.now() - changedAtMs)
  const what = outcome ? texts.outcome(outcome) : texts.letterStates[state]
  return html`<p class="notice" role="status">${what} <span class="quiet">${changedBy ?? ''}, ${when}</span></p>`
}

/** One record with all that is known of it. */
export function deadLetterPage(
  texts: Texts,
  letter: ShownDeadLetter,
  { refusal, mayChange }: { refusal: Refusal | null; mayChange: boolean },
): string {
  const { id, stage, jobId, ticket, code, reason, site, mediaKey, people, attempts, crashes } = letter
  const versions = Object.entries(letter.versions).map(([name, version]) => `${name} ${version}`)
  const job = html`<a href="/queues/queue/${stage}/${encodeURIComponent(jobId)}">${jobId}</a>`
  return layout({
    texts,
    title: `${stage}: ${code}`,
    body: html`${pageHeader(texts, 'dead-letters')}
<main id="main">
<h1>${stage}: ${code}</h1>
${refusal ? html`<p class="problem" role="alert">${texts.refusals[refusal]}</p>` : ''}
${letter.state !== 'open' ? end(texts, letter) : mayChange ? actions(texts, id) : ''}
<dl class="facts">
${fact(texts.reason, reason)}
${fact(texts.failedAt, ago(texts, Date.now() - letter.failedAtMs))}
${fact(texts.ticket, ticket ?? '–')}
${fact(texts.job, job)}
${fact(texts.people, people)}
${fact(texts.attempts, attempts)}
${crashes > 0 ? fact(texts.crashes, texts.workerDied(crashes)) : ''}
${site === null ? '' : fact(texts.site, site)}
${mediaKey === null ? '' : fact(texts.mediaKey, mediaKey)}
${versions.length > 0 ? fact(texts.versions, versions.join(' · ')) : ''}
</dl>
${pre(texts.lastWords, letter.stderr.join('\n'))}
${pre(texts.data, json(letter.data))}
${pre(texts.input, json(letter.input))}
</main>`,
  })
}
