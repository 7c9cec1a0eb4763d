import { type Request, type Response, Router } from 'express'
import type { Pool } from '../../shared/db/pool.ts'
import { unlessDatabaseAway } from '../database-error.ts'
import { sendCsv, toCsv } from '../stats/csv.ts'
import type { Endpoint } from '../stats/endpoint.ts'
import { ENDPOINTS } from '../stats/endpoints.ts'
import type { KeptAnswers } from '../stats/kept-answers.ts'
import type { Live } from '../stats/live.ts'
import { openApi } from '../stats/openapi.ts'
import { type Parameters, readParameters } from '../stats/parameters.ts'

interface StatsDeps {
  reader: Pool
  keptAnswers: KeptAnswers
  /** Days are of this time zone. */
  reportTz: string
  live: Live
}

/** The numbers, for scripts and for the pages of analytics: each as JSON and as a file. Mount it under /stats. */
export function statsRoutes({ reader, keptAnswers, reportTz, live }: StatsDeps): Router {
  const answer = async ({ id, ask }: Endpoint, given: Parameters): Promise<string> =>
    await keptAnswers(JSON.stringify([id, Object.entries(given).toSorted()]), () =>
      unlessDatabaseAway(ask(reader, given, reportTz)),
    )

  const router = Router()
  router.get('/live', async (request, response) => {
    readParameters(request.query, [])
    // It would be held open, and nothing ever said on it.
    if (request.method === 'HEAD') response.type('text/event-stream').end()
    else if (!(await live.join(request, response)))
      response.status(503).set('Retry-After', '30').json({ error: 'too many are looking already' })
  })
  router.get('/openapi.json', (request, response) => {
    readParameters(request.query, [])
    response.json(openApi())
  })
  for (const endpoint of ENDPOINTS) {
    router.get(`/${endpoint.id}`, async (request: Request, response: Response) => {
      const given = readParameters(request.query, endpoint.takes)
      response.type('json').send(await answer(endpoint, given))
    })
    router.get(`/${endpoint.id}.csv`, async (request: Request, response: Response) => {
      const { bom, ...given } = readParameters(request.query, [...endpoint.takes, 'bom'])
      const rows = endpoint.rows(JSON.parse(await answer(endpoint, given)))
      sendCsv(response, endpoint.id, toCsv(endpoint.columns, rows, bom === '1'))
    })
  }
  return router
}
