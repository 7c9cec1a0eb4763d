import { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import { ENDPOINTS } from './endpoints.ts'
import { LiveNumbers } from './live-numbers.ts'
import {
  answersBeside,
  fileAnswer,
  type Json,
  jsonAnswer,
  jsonSchema,
  OTHER_ANSWERS,
} from './openapi-answers.ts'
import { OFFER_PATHS } from './openapi-offers.ts'
import {
  DEFAULT_DAYS,
  DEFAULT_ROWS,
  MOST_DAYS,
  MOST_ROWS,
  PARAMETERS,
  type ParameterName,
} from './parameters.ts'

const whole = (minimum: number, maximum: number, fallback: number) => ({
  type: 'integer',
  ...{ minimum, maximum, default: fallback },
})
const MEANINGS: Record<ParameterName, { description: string; schema?: Json }> = {
  from: {
    description: `The first day; ${DEFAULT_DAYS} days before the last one without it`,
    schema: { type: 'string', format: 'date' },
  },
  to: {
    description: `The last day; today without it. ${MOST_DAYS} days at most`,
    schema: { type: 'string', format: 'date' },
  },
  bot: { description: 'One bot, by its username' },
  source: { description: 'People who first came from there' },
  platform: { description: 'One site, by the name of its extractor' },
  limit: { description: 'Of rows', schema: whole(1, MOST_ROWS, DEFAULT_ROWS) },
  days: { description: 'Today and so many days before it, less one', schema: whole(1, MOST_DAYS, 7) },
  bom: {
    description: '1: with a byte order mark, by which Excel knows UTF-8',
    schema: { enum: ['0', '1'], default: '0' },
  },
}

const parameterOf = (name: ParameterName): Json => ({
  name,
  in: 'query',
  required: false,
  description: MEANINGS[name].description,
  schema: MEANINGS[name].schema ?? jsonSchema(PARAMETERS[name], 'input'),
})

function pathsOf({ id, title, description, takes, answer }: Endpoint): [string, Json][] {
  const operationId = id.replaceAll('-', '_')
  const json = {
    ...{ operationId, summary: title, description, tags: ['statistics'] },
    parameters: takes.map(parameterOf),
    responses: { 200: jsonAnswer(title, jsonSchema(answer)), ...answersBeside('BadRequest') },
  }
  const file = {
    ...{ operationId: `${operationId}_csv`, summary: `${title}, as a file`, tags: ['files'] },
    parameters: [...takes, 'bom' as const].map(parameterOf),
    responses: { 200: fileAnswer, ...answersBeside('BadRequest') },
  }
  return [
    [`/stats/${id}`, { get: json }],
    [`/stats/${id}.csv`, { get: file }],
  ]
}

const LIVE = {
  ...{ operationId: 'live', summary: 'Live numbers, as server-sent events', tags: ['live'], parameters: [] },
  responses: {
    200: {
      description:
        'An event `numbers` every few seconds; its data is JSON as in components/schemas/LiveNumbers',
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    },
    ...answersBeside('BadRequest'),
  },
}

/** What can be asked for, made of the same definitions that answer it. */
export function openApi(): Json {
  const health = jsonAnswer('It runs', jsonSchema(z.object({ status: z.literal('ok') })))
  return {
    openapi: '3.1.0',
    info: {
      title: 'Clipferry',
      version: '1.0.0',
      description:
        'Numbers of the bot. Days are of REPORT_TZ. Log in first: POST /login with user and password as a form, and with an Origin header of the dashboard itself; send the cookie that you get with each request.',
    },
    servers: [{ url: '/' }],
    security: [{ session: [] }],
    tags: ['statistics', 'files', 'live', 'offers'].map((name) => ({ name })),
    paths: {
      '/health': {
        get: {
          ...{
            operationId: 'health',
            summary: 'Whether the process runs',
            tags: ['live'],
            security: [],
            parameters: [],
          },
          responses: { 200: health },
        },
      },
      ...Object.fromEntries(ENDPOINTS.flatMap(pathsOf)),
      '/stats/live': { get: LIVE },
      ...OFFER_PATHS,
    },
    components: {
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'clipferry_session' } },
      schemas: {
        Error: jsonSchema(z.object({ error: z.string() })),
        LiveNumbers: jsonSchema(LiveNumbers),
      },
      responses: OTHER_ANSWERS,
    },
  }
}
