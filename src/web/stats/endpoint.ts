import type { z } from 'zod'
import type { Pool } from '../../shared/db/pool.ts'
import type { Row } from './csv.ts'
import type { ParameterName, Parameters } from './parameters.ts'

/** Something that can be asked for with GET: as JSON, and with `.csv` at the end of its path as a file. */
export interface Endpoint {
  /** Under /stats. */
  id: string
  title: string
  description: string
  takes: readonly ParameterName[]
  /** What the JSON is. */
  answer: z.ZodType
  /** Of the file, in their order. */
  columns: readonly string[]
  ask(db: Pool, given: Parameters, timeZone: string): Promise<unknown>
  /** The lines of the file, out of the JSON. */
  rows(json: unknown): Row[]
}

/** An endpoint whose rows are made of what its answer says. */
export function defineEndpoint<Answer extends z.ZodType>(
  endpoint: Omit<Endpoint, 'answer' | 'ask' | 'rows'> & {
    answer: Answer
    ask(db: Pool, given: Parameters, timeZone: string): Promise<z.output<Answer>>
    rows(answer: z.output<Answer>): Row[]
  },
): Endpoint {
  return { ...endpoint, rows: (json) => endpoint.rows(endpoint.answer.parse(json)) }
}
