import type { RequestHandler } from 'express'
import helmet from 'helmet'

const NOTHING_BUT = { defaultSrc: ["'none'"], frameAncestors: ["'none'"], formAction: ["'self'"] }

/** Our own pages: a style sheet, an icon, a form. */
const OWN_PAGES = { ...NOTHING_BUT, styleSrc: ["'self'"], imgSrc: ["'self'"], baseUri: ["'none'"] }

/** What Bull Board's page needs on top: its scripts, its own API, its base address. */
const BOARD = {
  ...NOTHING_BUT,
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  baseUri: ["'self'"],
}

function headers(directives: Record<string, string[]>, https: boolean): RequestHandler {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    // Stricter (`no-referrer`) makes browsers send `Origin: null` with forms, which sameOrigin must refuse.
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: https,
  })
}

/** `https`: the pages are served over TLS, and browsers may remember that. */
export const ownPageHeaders = (https: boolean) => headers(OWN_PAGES, https)
export const boardHeaders = (https: boolean) => headers(BOARD, https)
