import type { RequestHandler } from 'express'
import { HttpError } from './http-error.ts'

const READS = new Set(['GET', 'HEAD'])

/** Browsers name the page that sends a form; whatever would change something must come from a page of ours. */
export const sameOrigin: RequestHandler = (request, _response, next) => {
  if (READS.has(request.method) || isOwn(request.headers.origin, request.headers.host)) next()
  else next(new HttpError(403))
}

/** The scheme is not compared: behind a proxy that ends TLS, the browser sees https and we see http. */
function isOwn(origin: string | undefined, host: string | undefined): boolean {
  if (!origin || !host || !URL.canParse(origin)) return false
  return new URL(origin).host === host.toLowerCase()
}
