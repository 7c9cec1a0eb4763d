import { type Html, html } from '../../html.ts'
import type { RefusedForm } from '../../offers/refused-form.ts'
import type { Texts } from '../../texts.ts'

/** On top of a form that was refused: its wrong fields in the reader's words, and why, as a script would read it. */
export function refusal(texts: Texts, refused: RefusedForm, titleOf: (field: string) => string): Html {
  const { code, fields, problem } = refused.problem
  if (code !== 'bad_input') return html`<p class="problem" role="alert">${texts.offerProblems[code]}</p>`
  const titles = [...new Set(fields.map(titleOf))]
  return html`<p class="problem" role="alert">${texts.offerProblems.bad_input} <strong>${titles.join('; ')}</strong><br>
<span class="quiet" lang="en">${problem}</span></p>`
}
