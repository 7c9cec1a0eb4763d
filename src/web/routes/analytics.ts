import { type Request, type Response, Router } from 'express'
import { dayIn } from '../../shared/metrics/days.ts'
import { HttpError } from '../http-error.ts'
import type { createKeptOnPage } from '../kept-on-page.ts'
import type { RefusedForm } from '../offers/refused-form.ts'
import { analyticsPage } from '../pages/analytics/analytics-page.ts'
import type { Choices } from '../pages/analytics/filter-bar.ts'
import type { AnalyticsPage } from '../pages/analytics/page.ts'
import { readPageQuery } from '../pages/analytics/page-query.ts'
import { PAGES } from '../pages/analytics/pages.ts'
import { mayChange } from '../role.ts'
import { textsFor } from '../texts.ts'

interface AnalyticsDeps {
  /** What the filters offer. */
  choices: () => Promise<Choices>
  /** What its page keeps beside the charts. */
  kept: ReturnType<typeof createKeptOnPage>
  /** Days are of this time zone. */
  reportTz: string
}

/** Answers with a page of analytics, also with a form of it that was refused. Its numbers come from /stats. */
export function createShowAnalytics({ choices, kept, reportTz }: AnalyticsDeps) {
  return async (
    request: Request,
    response: Response,
    page: AnalyticsPage,
    refused?: RefusedForm,
  ): Promise<void> => {
    const texts = textsFor(request)
    const today = dayIn(reportTz, Date.now())
    const query = readPageQuery(request.query, today)
    const viewed = { page, texts, mayChange: mayChange(response), query: request.query, refused }
    const [offered, beside] = await Promise.all([choices(), kept(viewed)])
    response
      .status(refused?.problem.status ?? 200)
      .send(analyticsPage(texts, { page, query, today, choices: offered, kept: beside }))
  }
}
export type ShowAnalytics = ReturnType<typeof createShowAnalytics>

/** @throws HttpError 404 */
export function analyticsPageOf(id: string): AnalyticsPage {
  const page = PAGES.find((one) => one.id === id)
  if (!page) throw new HttpError(404)
  return page
}

/** The pages of analytics. */
export const analyticsRoutes = (show: ShowAnalytics): Router =>
  Router().get('/{:id}', async (request, response) => {
    await show(request, response, analyticsPageOf(request.params.id ?? ''))
  })
