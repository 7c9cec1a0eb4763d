import type { ErrorRequestHandler, RequestHandler } from 'express'
import { z } from 'zod'
import type { Logger } from '../shared/logger.ts'
import { HttpError, type Reason } from './http-error.ts'
import { messagePage } from './pages/message-page.ts'
import { type Texts, textsFor } from './texts.ts'

/** Express and its body parser mark errors of the client with a status. */
const WithStatus = z.object({ status: z.int().min(400).max(599) })

export const notFound: RequestHandler = (_request, _response, next) => next(new HttpError(404))

/** The last handler: what broke goes to the log, the person gets a page without any of it. */
export function createErrorPages(log: Logger): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) {
      next(error)
      return
    }
    const status = WithStatus.safeParse(error).data?.status ?? 500
    if (status >= 500) log.error({ err: error, path: request.path }, 'a request failed')
    const texts = textsFor(request)
    const message = messageOf(texts, status, error instanceof HttpError ? error.reason : null)
    response.status(status)
    if (request.accepts('html')) response.send(messagePage(texts, status, message))
    else response.type('text/plain').send(message)
  }
}

function messageOf(texts: Texts, status: number, reason: Reason | null): string {
  if (reason) return texts.reasons[reason]
  if (status === 403) return texts.foreignOrigin
  if (status === 404) return texts.notFound
  if (status === 503) return texts.unavailable
  return status < 500 ? texts.badRequest : texts.broken
}
