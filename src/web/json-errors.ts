import type { ErrorRequestHandler } from 'express'
import type { Logger } from '../shared/logger.ts'
import { HttpError, type Reason } from './http-error.ts'

const REASONS: Record<Reason, string> = {
  viewer: 'you are logged in as viewer, who changes nothing',
  database: 'PostgreSQL cannot be reached: try again in a moment',
  database_slow: 'PostgreSQL took too long: ask for fewer days',
  database_read_only: 'the database user of the dashboard may only read',
}

/** For scripts: a reason that they can read. What broke by itself goes to the log, and on to the last handler. */
export function createJsonErrors(log: Logger): ErrorRequestHandler {
  return (error, request, response, next) => {
    const reason = error instanceof HttpError ? reasonOf(error) : null
    if (!(error instanceof HttpError) || reason === null || response.headersSent) return next(error)
    if (error.status >= 500) log.warn({ err: error.cause, path: request.path }, 'numbers could not be read')
    if (error.status === 503) response.set('Retry-After', '5')
    // Whatever the answer was to be.
    response.removeHeader('Content-Disposition')
    response.status(error.status).json({ error: reason })
  }
}

function reasonOf(error: HttpError): string | null {
  if (error.reason) return REASONS[error.reason]
  if (error.problem) return error.problem
  return error.status === 404 ? 'there is nothing of this name' : null
}
