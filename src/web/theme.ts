import type { Request, Response } from 'express'

export const THEMES = ['auto', 'light', 'dark'] as const
/** `auto`: as the reader's system has it. */
export type Theme = (typeof THEMES)[number]

const NAME = 'clipferry_theme'
const VALUE = new RegExp(`(?:^|;\\s*)${NAME}=(light|dark)(?:;|$)`)
const YEAR_MS = 365 * 24 * 3600_000

/** What this browser has chosen. It is a cookie, so that the first paint has the right colours without a script. */
export const themeOf = (request: Request): Theme => {
  const chosen = VALUE.exec(request.headers.cookie ?? '')?.[1]
  return THEMES.find((theme) => theme === chosen) ?? 'auto'
}

/** Remembers the choice. */
export function rememberTheme(response: Response, theme: Theme, secure: boolean): void {
  const options = { sameSite: 'strict', httpOnly: true, secure, path: '/' } as const
  if (theme === 'auto') response.clearCookie(NAME, options)
  else response.cookie(NAME, theme, { ...options, maxAge: YEAR_MS })
}
