import type { Request, RequestHandler } from 'express'
import { z } from 'zod'
import { OfferProblem } from './offer-problem.ts'

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
  throw new OfferProblem('bad_input', details.join('; '), String(issues[0]?.path[0] ?? ''))
}

/** Does what a form asks for, and leads back to its page, which says how it went: `?saved=1`, or `?problem=…&field=…`. */
export const offerForm =
  (backTo: string, act: (request: Request) => Promise<void>): RequestHandler =>
  async (request, response) => {
    const result = await act(request).then(
      () => ({ saved: '1' }),
      (error: unknown) => {
        if (error instanceof OfferProblem)
          return { problem: error.code, ...(error.field && { field: error.field }) }
        throw error
      },
    )
    response.redirect(303, `${backTo}?${new URLSearchParams(result)}`)
  }
