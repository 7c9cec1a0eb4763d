import type { Request } from 'express'
import { z } from 'zod'
import type { OfferProblem } from './offer-problem.ts'

const Typed = z.record(z.string(), z.unknown()).catch({})
const Values = z.union([z.string().transform((text) => [text]), z.array(z.string())]).catch([])

/** A form that was refused, with what somebody had typed into it. */
export interface RefusedForm {
  /** Where it was sent: tells the forms of a page apart. */
  action: string
  problem: OfferProblem
  /** What was typed into the n-th field of that name. */
  typed(name: string, n?: number): string | undefined
}

export function refusedForm(request: Request, problem: OfferProblem): RefusedForm {
  const body = Typed.parse(request.body)
  return {
    action: request.originalUrl.split('?')[0] ?? '',
    problem,
    typed: (name, n = 0) => Values.parse(body[name])[n],
  }
}
