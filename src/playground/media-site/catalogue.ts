/** How a page offers its media: as a site with structured data does, with a player in the page, or as an Open Graph address. */
type Offer = 'json-ld' | 'video-tag' | 'open-graph'

export interface WatchPage {
  title: string
  offer: Offer
  /** Path of the media or manifest; the page's query is passed on to it. */
  media: string
  mimeType: string
  poster?: string
  seconds?: number
  note: string
}

/** Pages with media, by the last part of their path under /watch. */
export const PAGES: Record<string, WatchPage> = {
  hls: {
    title: 'Harbour at dawn',
    offer: 'json-ld',
    media: '/media/hls/master.m3u8',
    mimeType: 'application/vnd.apple.mpegurl',
    poster: '/media/hls.jpg',
    note: 'HLS in 240p to 720p, as most video sites serve it',
  },
  dash: {
    title: 'Orchard in the wind',
    offer: 'json-ld',
    media: '/media/dash/manifest.mpd',
    mimeType: 'application/dash+xml',
    poster: '/media/dash.jpg',
    seconds: 10,
    note: 'DASH: picture and sound come apart and are joined',
  },
  vertical: {
    title: 'Ferry, filmed upright',
    offer: 'video-tag',
    media: '/files/vertical.mp4',
    mimeType: 'video/mp4',
    poster: '/media/ready.jpg',
    note: 'Lying video with a note to turn it, as phones make them',
  },
  market: {
    title: 'Market by the water',
    offer: 'video-tag',
    media: '/files/market.mp4',
    mimeType: 'video/mp4',
    note: 'Ten megabytes that can be sent as they are',
  },
  'market-hls': {
    title: 'Market by the water, in pieces',
    offer: 'video-tag',
    media: '/media/market/index.m3u8',
    mimeType: 'application/vnd.apple.mpegurl',
    note: 'The same ten megabytes by HLS',
  },
  slow: {
    title: 'Night train, slowly',
    offer: 'open-graph',
    media: '/files/slow.mp4',
    mimeType: 'video/mp4',
    poster: '/media/plain.jpg',
    note: 'Takes about 20 seconds to come: watch the progress',
  },
  flaky: {
    title: 'Ferry, at the third try',
    offer: 'open-graph',
    media: '/files/flaky.mp4',
    mimeType: 'video/mp4',
    note: 'The site is overloaded twice (503), then it works',
  },
  live: {
    title: 'Harbour, live',
    offer: 'open-graph',
    media: '/live/now.m3u8',
    mimeType: 'application/vnd.apple.mpegurl',
    note: 'A live stream: it has no end',
  },
  long: {
    title: 'Harbour, all day',
    offer: 'open-graph',
    media: '/live/long.m3u8',
    mimeType: 'application/vnd.apple.mpegurl',
    note: 'Twelve hours long',
  },
  nothing: {
    title: 'Only words',
    offer: 'video-tag',
    media: '',
    mimeType: '',
    note: 'A page without any media',
  },
}

/** One of the endlessly many pages /watch/clip-1, /watch/clip-2, … */
export const numberedPage = (number: string): WatchPage => ({
  title: `Clip ${number}`,
  offer: 'open-graph',
  media: `/files/clip-${number}.mp4`,
  mimeType: 'video/mp4',
  poster: '/media/ready.jpg',
  note: 'One of as many as you like: any number will do',
})

/** Files that stand by themselves, by their path under /files, each with the file under /media that it is. */
export const FILES: Record<string, { file: string; note: string }> = {
  'ready.mp4': { file: 'ready.mp4', note: 'H.264 and AAC: can be sent as it is' },
  'market.mp4': { file: 'market.mp4', note: 'Ten megabytes of H.264 and AAC: can be sent as they are' },
  'plain.mp4': { file: 'plain.mp4', note: '720p with its index at the end' },
  'song.m4a': { file: 'song.m4a', note: 'A song with tags and a cover' },
  'clip.webm': { file: 'clip.webm', note: 'VP9 and Opus: must be transcoded' },
  'silent.mp4': { file: 'silent.mp4', note: 'A video without sound' },
  'odd.mp4': { file: 'odd.mp4', note: '853 × 479, colour in 4:4:4' },
  'ten-bit.mp4': { file: 'ten-bit.mp4', note: 'H.264 in 10 bits, which few players show' },
  'hevc.mp4': { file: 'hevc.mp4', note: 'H.265' },
  'vertical.mp4': { file: 'vertical.mp4', note: 'The file behind the upright video' },
  'flaky.mp4': { file: 'ready.mp4', note: 'The file behind the flaky page' },
}

/** Addresses that answer a status and no media, by the last part of their path under /watch. */
export const REFUSALS: Record<string, { status: number; text: string; retryAfterS?: number }> = {
  gone: { status: 404, text: 'This video does not exist (any more).' },
  removed: { status: 410, text: 'This video was removed by its owner.' },
  private: { status: 403, text: 'This video is private.' },
  login: { status: 401, text: 'Sign in to watch this video.' },
  geo: { status: 451, text: 'This video is not available in your country.' },
  ratelimited: { status: 429, text: 'Too many requests. Come back later.', retryAfterS: 30 },
  down: { status: 500, text: 'Something went wrong on our side.' },
}

/** Bodies that misbehave, by the last part of their path under /watch. */
export const BODIES = {
  endless: 'A body without a length that never ends (8 MB/s)',
  stall: 'Starts well, then sends nothing more',
  drip: 'Two bytes per second',
  huge: 'Says that it is 3 GB long (8 MB/s)',
  garbled: 'Calls itself an mp4 and is noise',
} as const

export type BodyName = keyof typeof BODIES

export interface Link {
  name: string
  url: string
  note: string
}

const page = (path: string): [string, string, string] => [
  PAGES[path]?.title ?? path,
  `/watch/${path}`,
  PAGES[path]?.note ?? '',
]
const file = (name: string): [string, string, string] => [name, `/files/${name}`, FILES[name]?.note ?? '']

/** Every address of the site that a person may want to try; those that give media come first. */
export function linksOf(origin: string): Link[] {
  const all: [name: string, path: string, note: string][] = [
    ...['hls', 'dash', 'market', 'market-hls', 'slow', 'vertical'].map(page),
    ...[
      'ready.mp4',
      'plain.mp4',
      'song.m4a',
      'clip.webm',
      'silent.mp4',
      'odd.mp4',
      'ten-bit.mp4',
      'hevc.mp4',
    ].map(file),
    page('flaky'),
    ['Any number', '/watch/clip-1', 'Change the number for another video'],
    ['A playlist', '/watch/playlist', 'A feed of several videos'],
    ...['live', 'long', 'nothing'].map(page),
    ...Object.entries(REFUSALS).map(([name, { status, text }]): [string, string, string] => [
      name,
      `/watch/${name}`,
      `${status}: ${text}`,
    ]),
    ...Object.entries(BODIES).map(([name, note]): [string, string, string] => [name, `/watch/${name}`, note]),
  ]
  return all.map(([name, path, note]) => ({ name, url: origin + path, note }))
}
