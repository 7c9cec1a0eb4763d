import type { CookieOptions, Request, Response } from 'express'
import { SESSION_TTL_S } from './sessions.ts'

const NAME = 'clipferry_session'
const VALUE = new RegExp(`(?:^|;\\s*)${NAME}=([A-Za-z0-9_-]{43})(?:;|$)`)

export type SessionCookie = ReturnType<typeof createSessionCookie>

/** The cookie that carries a session's id. `secure`: browsers send it over https only. */
export function createSessionCookie(secure: boolean) {
  const options: CookieOptions = { httpOnly: true, sameSite: 'strict', secure, path: '/' }

  return {
    /** Null when there is none, or one that cannot be ours. */
    read: (request: Request): string | null => VALUE.exec(request.headers.cookie ?? '')?.[1] ?? null,
    write: (response: Response, id: string) =>
      response.cookie(NAME, id, { ...options, maxAge: SESSION_TTL_S * 1000 }),
    clear: (response: Response) => response.clearCookie(NAME, options),
  }
}
