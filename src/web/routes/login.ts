import { Router, urlencoded } from 'express'
import { z } from 'zod'
import { HttpError } from '../http-error.ts'
import type { createLoginLimiter } from '../login-limiter.ts'
import { loginPage } from '../pages/login-page.ts'
import type { createPasswordCheck } from '../password-check.ts'
import type { SessionCookie } from '../session-cookie.ts'
import type { Sessions } from '../sessions.ts'
import { textsFor } from '../texts.ts'

const Credentials = z.object({ user: z.string().max(100), password: z.string().max(1000) })

interface LoginDeps {
  sessions: Sessions
  cookie: SessionCookie
  limiter: ReturnType<typeof createLoginLimiter>
  roleFor: ReturnType<typeof createPasswordCheck>
}

export function loginRoutes({ sessions, cookie, limiter, roleFor }: LoginDeps): Router {
  return Router()
    .get('/login', (request, response) => {
      response.send(loginPage(textsFor(request)))
    })
    .post('/login', urlencoded({ extended: false, limit: '10kb' }), async (request, response) => {
      const address = request.ip ?? ''
      const waitMs = await limiter.attempt(address)
      if (waitMs > 0) {
        const text = textsFor(request).tooManyLogins(Math.ceil(waitMs / 60_000))
        response.set('Retry-After', String(Math.ceil(waitMs / 1000)))
        response.status(429).type('text/plain').send(text)
        return
      }
      const given = Credentials.safeParse(request.body)
      if (!given.success) throw new HttpError(400)
      const role = await roleFor(given.data.user, given.data.password)
      if (!role) {
        response.status(401).send(loginPage(textsFor(request), true))
        return
      }
      const id = await sessions.open(role).catch((error: unknown) => {
        throw new HttpError(503, error)
      })
      await limiter.forgive(address)
      cookie.write(response, id)
      response.redirect(303, '/')
    })
    .post('/logout', async (request, response) => {
      const id = cookie.read(request)
      if (id) await sessions.close(id)
      cookie.clear(response)
      response.redirect(303, '/login')
    })
}
