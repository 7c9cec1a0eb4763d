import type { RequestHandler } from 'express'
import { HttpError } from './http-error.ts'
import type { SessionCookie } from './session-cookie.ts'
import type { Sessions } from './sessions.ts'

/** Lets only people through who have logged in; others are led to the login page, scripts get a 401. */
export function createRequireSession(sessions: Sessions, cookie: SessionCookie): RequestHandler {
  return async (request, response, next) => {
    const id = cookie.read(request)
    const open =
      id !== null &&
      (await sessions.isOpen(id).catch((error: unknown) => {
        throw new HttpError(503, error)
      }))
    if (open) next()
    else if (request.method === 'GET' && request.accepts(['json', 'html']) === 'html')
      response.redirect(303, '/login')
    else response.status(401).type('text/plain').send('401')
  }
}
