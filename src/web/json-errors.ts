import type { ErrorRequestHandler } from 'express'
import { z } from 'zod'
import type { Logger } from '../shared/logger.ts'
import { HttpError, type Reason } from './http-error.ts'

const REASONS: Record<Reason, string> = {
  viewer: 'you are logged in as viewer, who changes nothing',
  database: 'PostgreSQL cannot be reached: try again in a moment',
  database_slow: 'the answer took too long: ask for fewer days, or by a filter, or try again in a moment',
  database_read_only: 'the database user of the dashboard may only read',
}
/** What a status says by itself. */
const WORDS: Record<number, string> = {
  403: 'this request came from another site: it needs an Origin header of the dashboard',
  404: 'there is nothing of this name',
  413: 'the body is too large',
  503: 'Redis cannot be reached: try again in a moment',
}
/** Express and its body parser mark errors of the client with a status. */
const WithStatus = z.object({ status: z.int().min(400).max(599) })

/** For scripts: a reason that they can read. What broke goes to the log, and nothing of it to them. */
export function createJsonErrors(log: Logger): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) return next(error)
    const status = WithStatus.safeParse(error).data?.status ?? 500
    if (status >= 500) log.error({ err: error, path: request.path }, 'a request failed')
    if (status === 503) response.set('Retry-After', '5')
    response.status(status).json({ error: wordsOf(error, status) })
  }
}

function wordsOf(error: unknown, status: number): string {
  if (error instanceof HttpError && error.reason) return REASONS[error.reason]
  if (error instanceof HttpError && error.problem) return error.problem
  return (
    WORDS[status] ?? (status < 500 ? 'the request cannot be read' : 'something broke here; the log says what')
  )
}
