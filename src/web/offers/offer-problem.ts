import { HttpError } from '../http-error.ts'

/** Why something about an ad or an experiment cannot be done, by the names that addresses of pages carry. */
export const OFFER_PROBLEMS = {
  bad_input: 'something of it cannot be taken',
  not_found: 'there is no such one',
  name_taken: 'this name is taken: numbers of the two would be mixed up',
  subject_taken:
    'another experiment on the same subject is running: nobody could tell what a difference comes from',
  running: 'it is running: a change of what people get would make its numbers worthless. Stop it first',
  ended: 'it has ended: make a new one, for a second start would mix two times up',
  not_running: 'it is not running',
} as const
export type OfferProblemCode = keyof typeof OFFER_PROBLEMS

const STATUS: Partial<Record<OfferProblemCode, number>> = { bad_input: 400, not_found: 404 }

export class OfferProblem extends HttpError {
  readonly code: OfferProblemCode
  override readonly problem: string
  /** The fields that it is about, as paths: `name`, `variants.1.config.free`. */
  readonly fields: readonly string[]

  /** `details`: what is wrong with the fields. */
  constructor(code: OfferProblemCode, details = '', fields: readonly string[] = []) {
    super(STATUS[code] ?? 409)
    this.code = code
    this.problem = details || OFFER_PROBLEMS[code]
    this.fields = fields
  }
}
