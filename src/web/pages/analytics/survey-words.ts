import { type Html, html } from '../../html.ts'
import type { SurveyWords } from '../../survey-words.ts'
import type { Texts } from '../../texts.ts'

/** What people wrote at the end of the survey, newest first; never who. */
export function surveyWordsSection(texts: Texts, answers: readonly SurveyWords[]): Html {
  const line = ({ day, pmf, words }: SurveyWords) =>
    html`<li><blockquote dir="auto">${words}</blockquote><p class="quiet words-of">${day} · ${texts.surveyAnswers[pmf]}</p></li>`
  return html`<section class="panel kept" aria-labelledby="words">
<h2 id="words">${texts.surveyWords}</h2>
${answers.length > 0 ? html`<ul class="words">${answers.map(line)}</ul>` : html`<p class="quiet">${texts.noSurveyWords}</p>`}
</section>`
}
