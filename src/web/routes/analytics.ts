import { Router } from 'express'
import { dayIn } from '../../shared/metrics/days.ts'
import { HttpError } from '../http-error.ts'
import type { createKeptOnPage } from '../kept-on-page.ts'
import { analyticsPage } from '../pages/analytics/analytics-page.ts'
import type { Choices } from '../pages/analytics/filter-bar.ts'
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

/** The pages of analytics. Their numbers come from /stats. */
export function analyticsRoutes({ choices, kept, reportTz }: AnalyticsDeps): Router {
  return Router().get('/{:id}', async (request, response) => {
    const page = PAGES.find(({ id }) => id === (request.params.id ?? ''))
    if (!page) throw new HttpError(404)
    const texts = textsFor(request)
    const today = dayIn(reportTz, Date.now())
    const query = readPageQuery(request.query, today)
    const [offered, beside] = await Promise.all([
      choices(),
      kept(page, texts, mayChange(response), request.query),
    ])
    response.send(analyticsPage(texts, { page, query, today, choices: offered, kept: beside }))
  })
}
