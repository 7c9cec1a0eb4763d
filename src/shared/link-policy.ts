import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

export type LinkRefusal =
  | 'link_malformed'
  | 'link_too_long'
  | 'link_scheme'
  | 'link_credentials'
  | 'link_private_address'

export type LinkVerdict = { ok: true; url: URL } | { ok: false; code: LinkRefusal }

interface LinkPolicy {
  /** Origins (scheme, host, port) that are allowed although they are private. */
  allowOrigins: readonly string[]
}

/** Longer ones are not links that people share, and Telegram's own messages end at 4096. */
const LONGEST = 2048
/** yt-dlp takes orders from a link that has this in its fragment (utils/_utils.py, unsmuggle_url). */
const SMUGGLED = '__youtubedl_smuggle'
/** Names that mean something only inside a network (RFC 6761, 6762, 8375, 9476; ICANN's "internal"; habit). */
const PRIVATE_SUFFIXES =
  /(^|\.)(localhost|localdomain|local|internal|intranet|private|corp|home|lan|arpa|onion|i2p|alt|test|invalid|example)$/
const HOST_NAME = /^(?=.{1,253}$)([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}$/

/**
 * Whether a text is a link that we may open. Pure: names are not resolved here; what a name resolves to is judged
 * again by whoever connects. Only the parsed address is looked at, because it is the parsed address that is opened.
 */
export function judgeLink(text: string, { allowOrigins }: LinkPolicy): LinkVerdict {
  const refuse = (code: LinkRefusal): LinkVerdict => ({ ok: false, code })
  const trimmed = text.trim()
  if (trimmed.length > LONGEST) return refuse('link_too_long')
  // The parser would drop tabs and line breaks silently; nobody types a link with them.
  if (/\p{Cc}/u.test(trimmed) || !URL.canParse(trimmed)) return refuse('link_malformed')
  const url = new URL(trimmed)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return refuse('link_scheme')
  if (url.href.length > LONGEST) return refuse('link_too_long')
  if (url.username || url.password) return refuse('link_credentials')
  if (decodedLoosely(url.href).includes(SMUGGLED)) return refuse('link_malformed')
  url.hostname = url.hostname.replace(/\.$/, '')
  if (allowOrigins.some((origin) => URL.canParse(origin) && new URL(origin).origin === url.origin))
    return { ok: true, url }
  const host = url.hostname
  // The parser has written every spelling of an address (0x7f.1, 2130706433, 127.1) in the one that isIP knows.
  if (isIP(bare(host))) return isGlobalAddress(bare(host)) ? portVerdict(url) : refuse('link_private_address')
  if (!HOST_NAME.test(host)) return refuse('link_malformed')
  // A name of one part is looked up in the search domains of the network we are in.
  if (!host.includes('.') || PRIVATE_SUFFIXES.test(host)) return refuse('link_private_address')
  return portVerdict(url)
}

/** Only the ports of the public web: the others are where routers, databases and dashboards listen. */
function portVerdict(url: URL): LinkVerdict {
  return ['', '80', '443'].includes(url.port)
    ? { ok: true, url }
    : { ok: false, code: 'link_private_address' }
}

const bare = (host: string) => host.replace(/^\[|\]$/g, '')

function decodedLoosely(text: string): string {
  return text.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Whether an address (no brackets) is one of the public internet. Beyond ipaddr.js's own ranges, IPv6 must be global
 * unicast (else `::127.0.0.1` passes, ipaddr.js calls it unicast) and must not be ISATAP (RFC 5214), which hides an
 * IPv4 address in its last half.
 */
export function isGlobalAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.parse(address)
  if (parsed.range() !== 'unicast') return false
  if (parsed.kind() === 'ipv4') return true
  const v6 = ipaddr.IPv6.parse(address)
  const isatap = v6.parts[5] === 0x5efe && ((v6.parts[4] ?? 0) & 0xfcff) === 0
  return v6.match(GLOBAL_IPV6) && !isatap
}
