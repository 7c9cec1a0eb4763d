import type { RequestHandler } from 'express'
import { HttpError } from './http-error.ts'
import type { SessionCookie } from './session-cookie.ts'
import type { Sessions } from './sessions.ts'

/**
 * Lets only people through who have logged in; others are led to the login page, scripts get a 401. A viewer may only
 * read: that is decided here, for whatever is mounted behind it.
 */
export function createRequireSession(sessions: Sessions, cookie: SessionCookie): RequestHandler {
  return async (request, response, next) => {
    const id = cookie.read(request)
    const role =
      id &&
      (await sessions.roleOf(id).catch((error: unknown) => {
        throw new HttpError(503, error)
      }))
    const reads = request.method === 'GET' || request.method === 'HEAD'
    if (role === 'viewer' && !reads) throw new HttpError(403, undefined, 'viewer')
    if (role) {
      response.locals.role = role
      next()
    } else if (request.method === 'GET' && request.accepts(['json', 'html']) === 'html')
      response.redirect(303, '/login')
    else response.status(401).type('text/plain').send('401')
  }
}
