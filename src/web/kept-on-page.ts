import { z } from 'zod'
import { TooLate, within } from './deadline.ts'
import { type Html, html } from './html.ts'
import { HttpError } from './http-error.ts'
import type { AdStore } from './offers/ads.ts'
import type { KeptExperiment } from './offers/experiment-input.ts'
import type { ExperimentStore } from './offers/experiments.ts'
import { OFFER_PROBLEMS, type OfferProblemCode } from './offers/offer-problem.ts'
import type { RefusedForm } from './offers/refused-form.ts'
import { adsSection } from './pages/analytics/ads.ts'
import { experimentsSection, type ShownExperiment } from './pages/analytics/experiments.ts'
import { liveStrip } from './pages/analytics/live-strip.ts'
import type { AnalyticsPage } from './pages/analytics/page.ts'
import { surveyWordsSection } from './pages/analytics/survey-words.ts'
import type { SurveyWords } from './survey-words.ts'
import type { Texts } from './texts.ts'

const DEADLINE_MS = 3_000
/** Running ones come first; of older ones the file has the results. */
const MOST_RESULTS = 6
const isProblem = (code: unknown): code is OfferProblemCode =>
  typeof code === 'string' && code in OFFER_PROBLEMS
const Outcome = z.object({
  saved: z.string().optional().catch(undefined),
  problem: z.custom<OfferProblemCode>(isProblem).optional().catch(undefined),
})

export interface KeptOnPage {
  /** How it went, after a form. */
  outcome: Html | string
  section: Html | string
}

interface Viewed {
  page: AnalyticsPage
  texts: Texts
  mayChange: boolean
  /** Of the page, where a form that led back to it says how it went. */
  query: unknown
  refused?: RefusedForm | undefined
}

interface KeptDeps {
  surveyWords(): Promise<SurveyWords[]>
  ads: AdStore
  experiments: ExperimentStore
}

/** What stands on a page of analytics beside its charts: made by the server, so that it works without scripts. */
export function createKeptOnPage({ surveyWords, ads, experiments }: KeptDeps) {
  const shown = async (experiment: KeptExperiment, n: number): Promise<ShownExperiment> => {
    if (experiment.state === 'new' || n >= MOST_RESULTS) return { experiment, results: null }
    const results = await within(DEADLINE_MS, experiments.results(experiment.id)).catch(() => 'late' as const)
    return { experiment, results }
  }
  const sections: Record<
    NonNullable<AnalyticsPage['keeps']>,
    (texts: Texts, mayChange: boolean, refused?: RefusedForm) => Promise<Html>
  > = {
    live: async (texts) => liveStrip(texts),
    'dead-letters': async (texts) =>
      html`<p class="actions"><a class="button plain" href="/dead-letters">${texts.toDeadLetters}</a></p>`,
    words: async (texts) => surveyWordsSection(texts, await within(DEADLINE_MS, surveyWords())),
    ads: async (texts, mayChange, refused) =>
      adsSection(texts, await within(DEADLINE_MS, ads.list()), mayChange, refused),
    experiments: async (texts, mayChange, refused) => {
      const all = await within(DEADLINE_MS, experiments.list())
      return experimentsSection(texts, await Promise.all(all.map(shown)), mayChange, refused)
    },
  }

  return async ({ page, texts, mayChange, query, refused }: Viewed): Promise<KeptOnPage> => {
    if (!page.keeps) return { outcome: '', section: '' }
    const { saved, problem } = Outcome.parse(query ?? {})
    // Where there is a field to mend, its form says so.
    const outcomeOf = refused?.problem.fields.length === 0 ? refused.problem.code : problem
    const outcome = outcomeOf
      ? html`<p class="problem" role="alert">${texts.offerProblems[outcomeOf]}</p>`
      : saved && html`<p class="notice" role="status">${texts.saved}</p>`
    const section = await sections[page.keeps](texts, mayChange, refused).catch((error: unknown) => {
      // The charts of the page say for themselves what they lack.
      if (error instanceof HttpError && error.reason)
        return html`<p class="problem">${texts.reasons[error.reason]}</p>`
      return html`<p class="problem">${texts.reasons[error instanceof TooLate ? 'database_slow' : 'database']}</p>`
    })
    return { outcome: outcome ?? '', section }
  }
}
