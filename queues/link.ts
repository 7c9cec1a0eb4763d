/**
 * One video, one link. Two people who paste the same video in different spellings must wait for one production,
 * so everything that is not identity goes: tracking, the start time, the app it was shared from, the fragment.
 */

/** What links to a well-known site look like; whatever is not listed keeps its host and its parameters. */
interface Site {
  host: string
  /** Other names of the same site. */
  aliases: string[]
  /** The only parameters that say what is meant. */
  keep: string[]
}

const SITES: Site[] = [
  { host: 'www.instagram.com', aliases: ['instagram.com', 'm.instagram.com'], keep: ['img_index'] },
  { host: 'www.tiktok.com', aliases: ['tiktok.com', 'm.tiktok.com'], keep: [] },
  { host: 'vm.tiktok.com', aliases: [], keep: [] },
  { host: 'vt.tiktok.com', aliases: [], keep: [] },
  {
    host: 'x.com',
    aliases: [
      'www.x.com',
      'm.x.com',
      'twitter.com',
      'www.twitter.com',
      'm.twitter.com',
      'mobile.twitter.com',
    ],
    keep: [],
  },
  {
    host: 'www.facebook.com',
    aliases: ['facebook.com', 'm.facebook.com', 'web.facebook.com', 'mbasic.facebook.com'],
    keep: ['v', 'story_fbid', 'id', 'fbid'],
  },
  {
    host: 'www.reddit.com',
    aliases: ['reddit.com', 'old.reddit.com', 'new.reddit.com', 'm.reddit.com'],
    keep: [],
  },
  { host: 'vimeo.com', aliases: ['www.vimeo.com'], keep: ['h'] },
  { host: 'player.vimeo.com', aliases: [], keep: ['h'] },
  {
    host: 'www.twitch.tv',
    aliases: ['twitch.tv', 'm.twitch.tv', 'go.twitch.tv'],
    keep: ['video', 'clip', 'collection'],
  },
  { host: 'clips.twitch.tv', aliases: [], keep: ['clip'] },
  { host: 'soundcloud.com', aliases: ['www.soundcloud.com', 'm.soundcloud.com'], keep: ['secret_token'] },
  { host: 'www.dailymotion.com', aliases: ['dailymotion.com'], keep: ['video'] },
  {
    host: 'www.bilibili.com',
    aliases: ['bilibili.com', 'm.bilibili.com'],
    keep: ['p', 'bvid', 'aid', 'cid'],
  },
]

const SITE_OF_HOST = new Map(
  SITES.flatMap((site) => [site.host, ...site.aliases].map((host): [string, Site] => [host, site])),
)

const YOUTUBE_HOSTS = new Set([
  'youtube.com',
  'www.youtube.com',
  'm.youtube.com',
  'music.youtube.com',
  'gaming.youtube.com',
  'youtube-nocookie.com',
  'www.youtube-nocookie.com',
])
const YOUTUBE_ID = /^[A-Za-z0-9_-]{11}$/
/** Words of YouTube's own that look like a video id: embedded playlists and live channels. */
const NO_YOUTUBE_ID = new Set(['videoseries', 'live_stream'])

/** Parameters that only say where somebody came from, at any site. */
const TRACKING =
  /^(utm_.*|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|ysclid|ttclid|twclid|igsh|igshid|li_fat_id|mc_cid|mc_eid|mkt_tok|_ga|_gl|_hsenc|_hsmi|vero_id|oly_anon_id|oly_enc_id|ref_src|ref_url|spm)$/i
/** A moment in words (1h2m3s, 90s). Bare digits may be an id at a site that we do not know, and stay. */
const MOMENT = /^(?=\d)(\d+h)?(\d+m)?(\d+s)?$/i

/**
 * The spelling that all links of one video share. Only parameters are taken away; what stays is left byte for
 * byte, because a signed address is void after any change. Applying it twice changes nothing more.
 */
export function canonicalLink(url: URL): string {
  const video = youtubeId(url)
  if (video) return `https://www.youtube.com/watch?v=${video}`
  const link = new URL(url)
  link.hash = ''
  link.hostname = link.hostname.replace(/\.$/, '')
  const site = SITE_OF_HOST.get(link.hostname)
  if (site) {
    link.protocol = 'https:'
    link.port = ''
    link.host = site.host
    link.pathname = link.pathname.replace(/(?<=.)\/+$/, '')
  }
  const keep = site
    ? (name: string) => site.keep.includes(name)
    : (name: string, value: string) =>
        !TRACKING.test(name) && !(/^(t|start)$/.test(name) && MOMENT.test(value))
  link.search = filterParameters(link.search, keep)
  return link.href
}

/** The video that a YouTube link means; null for anything else, and for links to lists and channels. */
function youtubeId(url: URL): string | null {
  const host = url.hostname.replace(/\.$/, '')
  const [first = '', second = ''] = url.pathname.split('/').filter(Boolean)
  const id = youtubeIdAt(host, first, second, url.searchParams)
  return id && YOUTUBE_ID.test(id) && !NO_YOUTUBE_ID.has(id) ? id : null
}

function youtubeIdAt(host: string, first: string, second: string, query: URLSearchParams): string | null {
  if (host === 'youtu.be' || host === 'www.youtu.be') return first
  if (!YOUTUBE_HOSTS.has(host)) return null
  if (['watch', 'watch_popup', 'movie'].includes(first)) return query.get('v')
  return ['shorts', 'live', 'embed', 'v', 'e'].includes(first) ? second : null
}

/** Filters a query string without touching the encoding of what stays. */
function filterParameters(search: string, keep: (name: string, value: string) => boolean): string {
  return search
    .slice(1)
    .split('&')
    .filter((part) => {
      const [[name, value] = ['', '']] = new URLSearchParams(part)
      return part !== '' && keep(name, value)
    })
    .join('&')
}
