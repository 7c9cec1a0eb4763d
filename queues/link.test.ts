import { describe, expect, test } from 'vitest'
import { canonicalLink } from './link.ts'

const canonical = (link: string) => canonicalLink(new URL(link))
const VIDEO = 'https://www.youtube.com/watch?v=dQw4w9WgXcQ'

describe('the same video is the same link', () => {
  test.each([
    'https://www.youtube.com/watch?v=dQw4w9WgXcQ',
    'http://youtube.com/watch?v=dQw4w9WgXcQ',
    'https://m.youtube.com/watch?v=dQw4w9WgXcQ&feature=share',
    'https://music.youtube.com/watch?v=dQw4w9WgXcQ&list=RDAMVM',
    'https://WWW.YouTube.com:443/watch?time_continue=5&v=dQw4w9WgXcQ#t=10',
    'https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=43s',
    'https://www.youtube.com/watch?list=PL1&index=4&v=dQw4w9WgXcQ',
    'https://youtu.be/dQw4w9WgXcQ',
    'https://youtu.be/dQw4w9WgXcQ?si=AbCdEfGh&t=90',
    'http://youtu.be/dQw4w9WgXcQ/',
    'https://www.youtube.com/shorts/dQw4w9WgXcQ?feature=share',
    'https://youtube.com/live/dQw4w9WgXcQ?si=x',
    'https://www.youtube.com/embed/dQw4w9WgXcQ?autoplay=1&start=30',
    'https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ',
    'https://www.youtube.com/v/dQw4w9WgXcQ',
    'https://www.youtube.com./watch?v=dQw4w9WgXcQ',
  ])('%s', (link) => expect(canonical(link)).toBe(VIDEO))
})

test.each([
  // Not a video: the link stays what it is.
  ['https://www.youtube.com/playlist?list=PL123', 'https://www.youtube.com/playlist?list=PL123'],
  [
    'https://www.youtube.com/embed/videoseries?list=PL1',
    'https://www.youtube.com/embed/videoseries?list=PL1',
  ],
  ['https://www.youtube.com/@somebody', 'https://www.youtube.com/@somebody'],
  ['https://www.youtube.com/watch?v=short', 'https://www.youtube.com/watch?v=short'],
  ['https://notyoutube.com/watch?v=dQw4w9WgXcQ', 'https://notyoutube.com/watch?v=dQw4w9WgXcQ'],
  // Other well-known sites.
  ['https://instagram.com/reel/Cabc_-1/?igsh=MzRl&utm_source=x', 'https://www.instagram.com/reel/Cabc_-1'],
  ['https://www.instagram.com/p/Cabc/?img_index=2&igshid=1', 'https://www.instagram.com/p/Cabc?img_index=2'],
  ['https://twitter.com/a/status/123?s=20&t=abc', 'https://x.com/a/status/123'],
  ['https://mobile.twitter.com/a/status/123/video/2', 'https://x.com/a/status/123/video/2'],
  ['https://www.tiktok.com/@a/video/123?is_from_webapp=1&_r=1', 'https://www.tiktok.com/@a/video/123'],
  ['https://m.facebook.com/watch/?v=123&ref=sharing', 'https://www.facebook.com/watch?v=123'],
  ['https://vimeo.com/123?h=abcdef&share=copy', 'https://vimeo.com/123?h=abcdef'],
  ['https://old.reddit.com/r/a/comments/b/c/?rdt=1', 'https://www.reddit.com/r/a/comments/b/c'],
  ['https://m.twitch.tv/videos/123?t=1h2m3s', 'https://www.twitch.tv/videos/123'],
  ['https://www.bilibili.com/video/BV1x?p=2&spm_id_from=333', 'https://www.bilibili.com/video/BV1x?p=2'],
  // Any site.
  ['HTTP://Example.COM:80/Path/?id=7', 'http://example.com/Path/?id=7'],
  ['https://example.com:8443/v', 'https://example.com:8443/v'],
  ['https://example.com/v?utm_source=a&id=7&fbclid=x&UTM_Medium=b', 'https://example.com/v?id=7'],
  ['https://example.com/v?utm_source=a', 'https://example.com/v'],
  ['https://example.com/v?', 'https://example.com/v'],
  ['https://example.com/v#chapter', 'https://example.com/v'],
  ['https://example.com/v?id=7&t=1m30s', 'https://example.com/v?id=7'],
  ['https://example.com/v?id=7&start=90s', 'https://example.com/v?id=7'],
  // Bare digits may be the topic that is meant.
  ['https://example.com/viewtopic.php?t=123', 'https://example.com/viewtopic.php?t=123'],
  ['https://example.com/v?t=', 'https://example.com/v?t='],
  // Signed addresses stay byte for byte, in their order.
  ['https://cdn.example/v.mp4?sig=a%20b+c%2F&e=1&b', 'https://cdn.example/v.mp4?sig=a%20b+c%2F&e=1&b'],
])('%s → %s', (link, expected) => {
  expect(canonical(link)).toBe(expected)
  expect(canonical(expected)).toBe(expected)
})

test('different videos stay different', () => {
  const links = [
    'https://youtu.be/dQw4w9WgXcQ',
    'https://youtu.be/dQw4w9WgXcR',
    'https://example.com/v?id=1',
    'https://example.com/v?id=2',
    'https://example.com/v?ID=1',
    'https://example.com/V?id=1',
    'http://example.com/v?id=1',
  ]
  expect(new Set(links.map(canonical)).size).toBe(links.length)
})
