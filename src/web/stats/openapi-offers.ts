import { z } from 'zod'
import { ExperimentResults } from '../../shared/experiments/experiment-results.ts'
import { AdInput, AdPatch, KeptAd } from '../offers/ads.ts'
import { ExperimentInput, KeptExperiment } from '../offers/experiment-input.ts'
import { answersBeside, fileAnswer, type Json, jsonAnswer, jsonSchema } from './openapi-answers.ts'

const ID = { name: 'id', in: 'path', required: true, schema: { type: 'integer', minimum: 1 } }

const body = (schema: z.ZodType): Json => ({
  required: true,
  content: { 'application/json': { schema: jsonSchema(schema, 'input') } },
})

interface Operation {
  operationId: string
  summary: string
  parameters?: Json[]
  input?: z.ZodType
  answer: Json
  status?: number
  beside: Parameters<typeof answersBeside>
}

const operation = ({
  operationId,
  summary,
  parameters = [],
  input,
  answer,
  status = 200,
  beside,
}: Operation): Json => ({
  ...{ operationId, summary, tags: ['offers'], parameters },
  ...(input && { requestBody: body(input) }),
  responses: { [status]: answer, ...answersBeside(...beside) },
})

const answer = (description: string, schema: z.ZodType) => jsonAnswer(description, jsonSchema(schema))
const OneAd = answer('The ad', KeptAd)
const OneExperiment = answer('The experiment', KeptExperiment)
const AllAds = answer('Those that run first', z.object({ ads: z.array(KeptAd) }))
const AllExperiments = answer('Those that run first', z.object({ experiments: z.array(KeptExperiment) }))

const change = (name: 'start' | 'stop', summary: string) => ({
  post: operation({
    ...{ operationId: `${name}_experiment`, summary, parameters: [ID], answer: OneExperiment },
    beside: ['Forbidden', 'NotFound', 'Conflict'],
  }),
})

/** Ads and experiments: what is kept, and not only counted. A change of it takes an Origin header of the dashboard. */
export const OFFER_PATHS: Json = {
  '/api/ads': {
    get: operation({ operationId: 'ads_kept', summary: 'All ads', answer: AllAds, beside: [] }),
    post: operation({
      ...{ operationId: 'create_ad', summary: 'A new ad', input: AdInput, answer: OneAd, status: 201 },
      beside: ['BadRequest', 'Forbidden'],
    }),
  },
  '/api/ads/{id}': {
    post: operation({
      ...{ operationId: 'edit_ad', summary: 'Change an ad', parameters: [ID], input: AdPatch, answer: OneAd },
      beside: ['BadRequest', 'Forbidden', 'NotFound'],
    }),
  },
  '/api/experiments': {
    get: operation({
      ...{ operationId: 'experiments', summary: 'All experiments', answer: AllExperiments, beside: [] },
    }),
    post: operation({
      ...{ operationId: 'create_experiment', summary: 'A new experiment; it does not run yet' },
      ...{ input: ExperimentInput, answer: OneExperiment, status: 201 },
      beside: ['BadRequest', 'Forbidden', 'Conflict'],
    }),
  },
  '/api/experiments/{id}': {
    get: operation({
      ...{ operationId: 'experiment', summary: 'One experiment', parameters: [ID], answer: OneExperiment },
      beside: ['NotFound'],
    }),
  },
  '/api/experiments/{id}/start': change('start', 'It begins; one on each subject at a time'),
  '/api/experiments/{id}/stop': change('stop', 'It ends, for good'),
  '/api/experiments/{id}/results': {
    get: operation({
      ...{ operationId: 'experiment_results', summary: 'What it has shown so far', parameters: [ID] },
      ...{ answer: answer('The results', ExperimentResults), beside: ['BadRequest', 'NotFound'] },
    }),
  },
  '/api/experiments/{id}/results.csv': {
    get: operation({
      ...{ operationId: 'experiment_results_csv', summary: 'The same as a file', parameters: [ID] },
      ...{ answer: fileAnswer, beside: ['BadRequest', 'NotFound'] },
    }),
  },
}
