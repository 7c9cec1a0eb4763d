import type { ExperimentResults } from '../../../shared/experiments/experiment-results.ts'
import type { VariantResult } from '../../../shared/experiments/judge.ts'
import { type Html, html } from '../../html.ts'
import type { Texts } from '../../texts.ts'
import { intervalPicture } from './interval-picture.ts'

/** What an experiment has shown, and what may not be read out of it yet. */
export function experimentResults(texts: Texts, results: ExperimentResults): Html {
  const { format } = new Intl.NumberFormat(texts.language)
  const ends = results.variants.flatMap(({ sequential }) =>
    sequential ? [sequential.low, sequential.high] : [],
  )
  const reach = Math.max(0.01, ...ends.map(Math.abs))
  return html`${results.sampleRatio?.isMismatch ? html`<p class="problem" role="alert">${texts.mismatch}</p>` : ''}
${results.isActive ? html`<p class="notice warning">${results.isComplete ? texts.complete : texts.early}</p>` : ''}
<p class="quiet">${texts.participantsOf(format(results.participants), format(results.plannedSize))}${results.inSeveralVariants > 0 ? `. ${texts.inSeveral(results.inSeveralVariants)}` : ''}</p>
<div class="scroll" tabindex="0" role="region" aria-label="${results.name}"><table>
<thead><tr><th scope="col">${texts.variant}</th><th scope="col" class="words">${texts.verdict}</th><th scope="col">${texts.difference}</th><th scope="col" class="words">${texts.sequentialTitle}</th><th scope="col">${texts.rate}</th><th scope="col">${texts.conversions}</th><th scope="col">${texts.participants}</th></tr></thead>
<tbody>${results.variants.map((variant) => row(texts, variant, reach))}</tbody>
</table></div>`
}

function row(texts: Texts, result: VariantResult, reach: number): Html {
  const { variant, participants, conversions, rate, interval, difference, sequential, fixed, verdict } =
    result
  const share = new Intl.NumberFormat(texts.language, { style: 'percent', maximumFractionDigits: 1 })
  const points = new Intl.NumberFormat(texts.language, {
    ...{ style: 'percent', maximumFractionDigits: 1, signDisplay: 'exceptZero' },
  } as const)
  const between = (range: { low: number; high: number }, { format }: Intl.NumberFormat) =>
    `${format(range.low)} … ${format(range.high)}`
  const verdictShown =
    verdict === null
      ? texts.control
      : html`<strong class="verdict ${verdict}">${texts.verdicts[verdict]}</strong>${fixed ? html`<br><span class="quiet">p = ${fixed.pAdjusted.toPrecision(2)}</span>` : ''}`
  const range =
    sequential && difference !== null
      ? html`${intervalPicture({ ...sequential, value: difference }, reach, between(sequential, points))}<br><span class="quiet">${between(sequential, points)}</span>`
      : '–'
  return html`<tr><th scope="row">${variant}</th><td class="words">${verdictShown}</td>
<td>${difference === null ? '–' : points.format(difference)}</td><td class="words">${range}</td>
<td>${rate === null ? '–' : share.format(rate)}${interval ? html`<br><span class="quiet">${between(interval, share)}</span>` : ''}</td>
<td>${conversions}</td><td>${participants}</td></tr>`
}
