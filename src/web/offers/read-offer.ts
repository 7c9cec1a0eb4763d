import type { Request, RequestHandler, Response } from 'express'
import { z } from 'zod'
import { OfferProblem } from './offer-problem.ts'
import { type RefusedForm, refusedForm } from './refused-form.ts'

const Id = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number)

/** @throws OfferProblem for what cannot be an id. */
export function readOfferId(request: Request): number {
  const id = Id.safeParse(request.params.id)
  if (!id.success) throw new OfferProblem('not_found')
  return id.data
}

/** @throws OfferProblem that names each field with what is wrong with it. */
export function readOffer<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const parsed = schema.safeParse(body ?? {})
  if (parsed.success) return parsed.data
  const { issues } = parsed.error
  const details = issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(' '))
  throw new OfferProblem(
    'bad_input',
    details.join('; '),
    issues.map(({ path }) => path.join('.')),
  )
}

/** Answers with the page of the form, which says what was wrong and has all that was typed. */
export type ShowRefused = (request: Request, response: Response, refused: RefusedForm) => Promise<void>

interface OfferForm {
  /** The page with the form. */
  backTo: string
  /** Without it nothing was typed: the page itself says how it went. */
  showRefused?: ShowRefused
}

/** Does what a form asks for, and leads back to its page, which says how it went: `?saved=1`, or `?problem=…`. */
export const offerForm =
  ({ backTo, showRefused }: OfferForm, act: (request: Request) => Promise<void>): RequestHandler =>
  async (request, response) => {
    try {
      await act(request)
      response.redirect(303, `${backTo}?saved=1`)
    } catch (error) {
      if (!(error instanceof OfferProblem)) throw error
      if (showRefused) await showRefused(request, response, refusedForm(request, error))
      else response.redirect(303, `${backTo}?problem=${error.code}`)
    }
  }
