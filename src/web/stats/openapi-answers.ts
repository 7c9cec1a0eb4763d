import { z } from 'zod'

export type Json = Record<string, unknown>

/** A schema as OpenAPI 3.1 takes it: JSON Schema of 2020-12. */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output' = 'output'): Json {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}

export const jsonAnswer = (description: string, schema: Json): Json => ({
  description,
  content: { 'application/json': { schema } },
})

export const fileAnswer = {
  description: 'RFC 4180, in UTF-8',
  content: { 'text/csv': { schema: { type: 'string' } } },
}

const errorOf = (description: string) => jsonAnswer(description, { $ref: '#/components/schemas/Error' })

/** How a request can end beside what it asks for; `answersBeside` points here. */
export const OTHER_ANSWERS = {
  BadRequest: errorOf('What was asked for cannot be answered, and why'),
  Unauthorized: {
    description: 'Nobody is logged in',
    content: { 'text/plain': { schema: { const: '401' } } },
  },
  Forbidden: errorOf('This user may not do that, and why'),
  NotFound: errorOf('There is no such thing'),
  Conflict: errorOf('It is not in a state in which that can be done, and why'),
  Unavailable: errorOf('PostgreSQL or Redis cannot be reached'),
  TooLong: errorOf('The answer took too long: ask for less'),
}

const STATUS = {
  ...{ BadRequest: 400, Unauthorized: 401, Forbidden: 403, NotFound: 404, Conflict: 409 },
  ...{ Unavailable: 503, TooLong: 504 },
} satisfies Record<keyof typeof OTHER_ANSWERS, number>

export const answersBeside = (...names: (keyof typeof OTHER_ANSWERS)[]): Json =>
  Object.fromEntries(
    (['Unauthorized', 'Unavailable', 'TooLong', ...names] as const).map((name) => [
      STATUS[name],
      { $ref: `#/components/responses/${name}` },
    ]),
  )
