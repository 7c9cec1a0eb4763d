import { type Request, Router, urlencoded } from 'express'
import { z } from 'zod'
import { HttpError } from '../http-error.ts'
import { rememberTheme, THEMES } from '../theme.ts'

const Choice = z.object({ theme: z.enum(THEMES) })

/** Light, dark, or as the system has it: a form, so that it works without scripts. */
export function themeRoutes(secureCookie: boolean): Router {
  return Router().post('/theme', urlencoded({ extended: false, limit: '1kb' }), (request, response) => {
    const choice = Choice.safeParse(request.body)
    if (!choice.success) throw new HttpError(400)
    rememberTheme(response, choice.data.theme, secureCookie)
    response.redirect(303, cameFrom(request))
  })
}

/** Back to the page with the button: a path of ours, whatever the header says. */
function cameFrom(request: Request): string {
  const referer = request.headers.referer ?? ''
  if (!URL.canParse(referer)) return '/'
  const { pathname, search } = new URL(referer)
  // Two slashes would name another host.
  return pathname.startsWith('//') ? '/' : pathname + search
}
