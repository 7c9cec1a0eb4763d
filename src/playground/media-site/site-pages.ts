import type { Link, WatchPage } from './catalogue.ts'

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string) => text.replaceAll(/[&<>"]/g, (found) => ESCAPES[found] ?? found)

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:46rem;margin:3rem auto;padding:0 1rem}
video,img{width:100%;border-radius:.75rem}li{margin:.6rem 0}small{opacity:.7;display:block}code{word-break:break-all}`

const html = (title: string, head: string, body: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(title)}</title><style>${STYLE}</style>${head}</head>
<body><h1>${escaped(title)}</h1>${body}</body></html>`

/** What is in the page for a machine that looks for media: the ways in which real sites offer theirs. */
function offerOf(page: WatchPage, media: string, poster: string): { head: string; body: string } {
  if (!page.media) return { head: '', body: '<p>Nothing to watch here.</p>' }
  const picture = poster ? `<img src="${poster}" alt="">` : ''
  const thumbnail = poster ? `<meta property="og:image" content="${poster}">` : ''
  if (page.offer === 'video-tag') {
    const player = `<video controls preload="none" ${poster ? `poster="${poster}"` : ''} src="${escaped(media)}"></video>`
    return { head: thumbnail, body: player }
  }
  if (page.offer === 'open-graph') {
    const video = `<meta property="og:video:type" content="video/mp4"><meta property="og:video" content="${escaped(media)}">`
    return { head: thumbnail + video, body: picture }
  }
  const facts = {
    '@context': 'https://schema.org',
    '@type': 'VideoObject',
    name: page.title,
    description: page.note,
    author: { '@type': 'Person', name: 'The harbour master' },
    ...(poster && { thumbnailUrl: [poster] }),
    ...(page.seconds && { duration: `PT${page.seconds}S` }),
    encodingFormat: page.mimeType,
    contentUrl: media,
  }
  // A `<` inside would end the script element.
  const script = JSON.stringify(facts).replaceAll('<', '\\u003c')
  return { head: `${thumbnail}<script type="application/ld+json">${script}</script>`, body: picture }
}

/** The page of one video. `query` ("?…" or empty) goes on to the media. */
export function watchPage(page: WatchPage, origin: string, query: string): string {
  const media = page.media && origin + page.media + query
  const offer = offerOf(page, media, page.poster ? origin + page.poster : '')
  const meta = `<meta property="og:title" content="${escaped(page.title)}">`
  return html(
    page.title,
    meta + offer.head,
    `${offer.body}<p>${escaped(page.note)}</p><p><a href="/">All samples</a></p>`,
  )
}

/** The front page: every link of the site. */
export function indexPage(links: Link[]): string {
  const items = links.map(
    ({ name, url, note }) =>
      `<li><a href="${escaped(url)}">${escaped(name)}</a> <code>${escaped(url)}</code><small>${escaped(note)}</small></li>`,
  )
  return html(
    'Sample media',
    '',
    `<p>Stands for the outside web: copy a link and send it to the bot.</p><ul>${items.join('')}</ul>`,
  )
}

/** A feed of several videos. */
export function feed(origin: string): string {
  const names = ['ready.mp4', 'plain.mp4', 'silent.mp4', 'clip.webm', 'odd.mp4']
  const items = names.map(
    (name, n) =>
      `<item><title>Part ${n + 1}</title><guid>${name}</guid><enclosure url="${origin}/files/${name}" type="video/mp4"/></item>`,
  )
  return `<?xml version="1.0"?><rss version="2.0"><channel><title>The harbour, in parts</title><link>${origin}/</link>${items.join('')}</channel></rss>`
}
