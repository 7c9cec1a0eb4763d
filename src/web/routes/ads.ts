import { json, Router, urlencoded } from 'express'
import { z } from 'zod'
import { AdInput, AdPatch, type AdStore } from '../offers/ads.ts'
import { offerForm, readOffer, readOfferId, type ShowRefused } from '../offers/read-offer.ts'

/** GET all, POST a new one, POST changes to one. Mount it under /api/ads. */
export function adApi(ads: AdStore): Router {
  return Router()
    .use(json({ limit: '20kb' }))
    .get('/', async (_request, response) => {
      response.json({ ads: await ads.list() })
    })
    .post('/', async (request, response) => {
      response.status(201).json(await ads.create(readOffer(AdInput, request.body)))
    })
    .post('/:id', async (request, response) => {
      response.json(await ads.edit(readOfferId(request), readOffer(AdPatch, request.body)))
    })
}

/** Fields of a form, which are texts; a box that is not ticked is not there. */
const AdForm = z.looseObject({
  weight: z.coerce.number().catch(Number.NaN),
  isActive: z
    .literal('on')
    .optional()
    .transform((ticked) => ticked === 'on'),
})

/** The same by forms of pages. Mount it under /analytics/ads. `backTo`: the page with the forms. */
export function adForms(ads: AdStore, backTo: string, showRefused: ShowRefused): Router {
  const form = { backTo, showRefused }
  return Router()
    .use(urlencoded({ extended: false, limit: '20kb' }))
    .post(
      '/',
      offerForm(form, async ({ body }) => {
        await ads.create(readOffer(AdInput, AdForm.parse(body ?? {})))
      }),
    )
    .post(
      '/:id',
      offerForm(form, async (request) => {
        const id = readOfferId(request)
        await ads.edit(id, readOffer(AdInput, AdForm.parse(request.body ?? {})))
      }),
    )
}
