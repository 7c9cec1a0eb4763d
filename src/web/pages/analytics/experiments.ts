import type { ExperimentResults } from '../../../shared/experiments/experiment-results.ts'
import { type Html, html } from '../../html.ts'
import { GOALS, type KeptExperiment, SUBJECTS } from '../../offers/experiment-input.ts'
import type { RefusedForm } from '../../offers/refused-form.ts'
import type { Texts } from '../../texts.ts'
import { experimentResults } from './experiment-results.ts'
import { choose, field } from './form-field.ts'
import { refusal } from './refusal.ts'

export interface ShownExperiment {
  experiment: KeptExperiment
  /** null: it has not begun; `late`: nobody waits for them so long. */
  results: ExperimentResults | 'late' | null
}

const VARIANTS = 3

/** All experiments; who may change them gets buttons, and a form for a new one. */
export function experimentsSection(
  texts: Texts,
  shown: ShownExperiment[],
  mayChange: boolean,
  refused?: RefusedForm,
): Html {
  return html`<div class="kept-list">
${shown.length === 0 ? html`<p class="notice">${texts.noExperiments}</p>` : ''}
${shown.map((one) => card(texts, one, mayChange))}
${mayChange ? html`<section class="panel kept"><details${refused ? html` open` : ''}><summary>${texts.newExperiment}</summary>${newForm(texts, refused)}</details></section>` : ''}
</div>`
}

function card(texts: Texts, { experiment, results }: ShownExperiment, mayChange: boolean): Html {
  const { id, name, state, description, subject, goal, variants } = experiment
  const days = new Intl.DateTimeFormat(texts.language, { dateStyle: 'medium' })
  const times = [experiment.startedAt, experiment.endedAt].flatMap((at) =>
    at ? [days.format(new Date(at))] : [],
  )
  return html`<section class="panel kept" aria-labelledby="experiment-${id}">
<div class="panel-head"><h2 id="experiment-${id}">${name}</h2> <span class="tag ${state === 'running' ? 'on' : ''}">${texts.states[state]}</span>
<span class="quiet">${times.join(' – ')}</span>
<a class="csv" href="/api/experiments/${id}/results.csv" download aria-label="${texts.csvOf(name)}">${texts.csv}</a></div>
${description ? html`<p>${description}</p>` : ''}
<p class="quiet">${texts.subjects[subject] ?? subject} · ${texts.goal} <code>${goal}</code></p>
<p class="quiet">${variants.map(({ name: variant, share, config }) => html`<code>${variant}</code> ${share} % <code>${JSON.stringify(config)}</code> `)}</p>
${results === 'late' ? html`<p class="problem">${texts.tooLong}</p>` : results ? experimentResults(texts, results) : ''}
${mayChange ? action(texts, experiment) : ''}
</section>`
}

function action(texts: Texts, { id, state }: KeptExperiment): Html {
  if (state === 'ended') return html``
  const [path, word, hint] =
    state === 'new' ? ['start', texts.start, ''] : ['stop', texts.stop, texts.stopWarning]
  return html`<form method="post" action="/analytics/experiments/${id}/${path}" class="actions"><button>${word}</button><span class="quiet">${hint}</span></form>`
}

function newForm(texts: Texts, refused?: RefusedForm): Html {
  const { experimentFields: titles } = texts
  return html`<form method="post" action="/analytics/experiments" class="fields">
${refused ? refusal(texts, refused, (wrong) => titleOf(texts, wrong)) : ''}
${field({ name: 'name', title: titles.name, max: 60, refused })}
${field({ name: 'description', title: titles.description, type: 'area', isOptional: true, max: 500, refused })}
${choose(
  'subject',
  titles.subject,
  SUBJECTS.map((subject) => [subject, texts.subjects[subject] ?? subject]),
  refused,
)}
${choose(
  'goal',
  titles.goal,
  GOALS.map((goal) => [goal, goal]),
  refused,
)}
${field({ name: 'plannedSize', title: titles.plannedSize, value: 1000, type: 'number', max: 10_000_000, refused })}
<p class="quiet">${texts.configHints}</p>
${Array.from({ length: VARIANTS }, (_, n) => variantFields(texts, n, refused))}
<button>${texts.make}</button>
</form>`
}

function variantFields(texts: Texts, n: number, refused?: RefusedForm): Html {
  const { variant, variantName, variantShare, variantConfig } = texts.experimentFields
  const optional = n < 2 ? {} : ({ isOptional: true } as const)
  const title = `${variant(n + 1)}: ${variantName}`
  const at = (part: string) => ({ n, path: `variants.${n}.${part}`, refused })
  return html`<fieldset>
${field({ name: 'variantName', title, max: 40, ...optional, ...at('name') })}
${field({ name: 'variantShare', title: variantShare, type: 'number', max: 100, value: n < 2 ? 50 : '', ...optional, ...at('share') })}
${field({ name: 'variantConfig', title: variantConfig, isOptional: true, ...at('config') })}
</fieldset>`
}

/** Of a field that is wrong, as the form has it. */
function titleOf({ experimentFields: titles }: Texts, wrong: string): string {
  const [first = '', n, part] = wrong.split('.')
  const { variants, variant, variantName, variantShare, variantConfig } = titles
  if (first !== 'variants') return { ...titles, variant: '' }[first] ?? first
  if (n === undefined) return variants
  const parts: Record<string, string> = { name: variantName, share: variantShare, config: variantConfig }
  return `${variant(Number(n) + 1)}: ${parts[part ?? ''] ?? ''}`
}
