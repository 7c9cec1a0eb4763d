import { json, type Request, Router, urlencoded } from 'express'
import { experimentOfForm } from '../offers/experiment-form.ts'
import { ExperimentInput } from '../offers/experiment-input.ts'
import { RESULT_COLUMNS, resultRows } from '../offers/experiment-rows.ts'
import type { ExperimentStore } from '../offers/experiments.ts'
import { offerForm, readOffer, readOfferId, type ShowRefused } from '../offers/read-offer.ts'
import { sendCsv, toCsv } from '../stats/csv.ts'
import { readParameters } from '../stats/parameters.ts'

/** GET all or one, POST a new one, POST start or stop, GET results. Mount it under /api/experiments. */
export function experimentApi(experiments: ExperimentStore): Router {
  const results = async (request: Request) => await experiments.results(readOfferId(request))
  return Router()
    .use(json({ limit: '20kb' }))
    .get('/', async (_request, response) => {
      response.json({ experiments: await experiments.list() })
    })
    .post('/', async (request, response) => {
      response.status(201).json(await experiments.create(readOffer(ExperimentInput, request.body)))
    })
    .get('/:id', async (request, response) => {
      response.json(await experiments.get(readOfferId(request)))
    })
    .post('/:id/start', async (request, response) => {
      response.json(await experiments.start(readOfferId(request)))
    })
    .post('/:id/stop', async (request, response) => {
      response.json(await experiments.stop(readOfferId(request)))
    })
    .get('/:id/results', async (request, response) => {
      readParameters(request.query, [])
      response.json(await results(request))
    })
    .get('/:id/results.csv', async (request, response) => {
      const { bom } = readParameters(request.query, ['bom'])
      const found = await results(request)
      const csv = toCsv(RESULT_COLUMNS, resultRows(found), bom === '1')
      sendCsv(response, `experiment-${found.id}`, csv)
    })
}

/** The same by forms of pages. Mount it under /analytics/experiments. `backTo`: the page with the forms. */
export function experimentForms(
  experiments: ExperimentStore,
  backTo: string,
  showRefused: ShowRefused,
): Router {
  const { create, start, stop } = experiments
  return Router()
    .use(urlencoded({ extended: false, limit: '20kb' }))
    .post(
      '/',
      offerForm({ backTo, showRefused }, async ({ body }) => {
        await create(readOffer(ExperimentInput, experimentOfForm(body)))
      }),
    )
    .post(
      '/:id/start',
      offerForm({ backTo }, async (request) => {
        await start(readOfferId(request))
      }),
    )
    .post(
      '/:id/stop',
      offerForm({ backTo }, async (request) => {
        await stop(readOfferId(request))
      }),
    )
}
