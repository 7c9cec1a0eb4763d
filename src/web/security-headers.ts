import type { RequestHandler } from 'express'
import helmet from 'helmet'

const NOTHING_BUT = { defaultSrc: ["'none'"], frameAncestors: ["'none'"], formAction: ["'self'"] }

/** Our own pages: a style sheet, an icon, a form. */
const OWN_PAGES = { ...NOTHING_BUT, styleSrc: ["'self'"], imgSrc: ["'self'"], baseUri: ["'none'"] }

/** Analytics on top: scripts of ours, which ask us for the numbers. */
const ANALYTICS = { ...OWN_PAGES, scriptSrc: ["'self'"], connectSrc: ["'self'"] }

/** The colours of one icon of Bull Board 9.10: without them it is black, on black in the dark theme. */
const REDIS_ICON = "'sha256-r2N1TB/gHbBtBZFKg7ejmq1acVSREzucTAEw6ga4hoU='"

/** What Bull Board's page needs on top: its scripts, its own API, its base address. */
const BOARD = {
  ...NOTHING_BUT,
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", REDIS_ICON],
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
export const analyticsHeaders = (https: boolean) => headers(ANALYTICS, https)
export const boardHeaders = (https: boolean) => headers(BOARD, https)
