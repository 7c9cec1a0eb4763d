import { element } from './element.js'
import { fileUrl } from './server.js'
import { durationOf, say, sizeOf } from './texts.js'

const shape = (node, { width, height }) => {
  // Keeps its place before anything is loaded, so that the chat does not jump.
  if (width && height) node.style.aspectRatio = `${width} / ${height}`
  return node
}

const thumbOf = (media) => (media.thumbFileId ? fileUrl(media.thumbFileId) : undefined)

/** In place of a player that failed: what one can still do. */
function whenBroken(node, media) {
  const download = () =>
    element(
      'a',
      { class: 'broken-link', href: fileUrl(media.fileId), download: media.fileName ?? '' },
      say('download'),
    )
  node.addEventListener('error', () =>
    node.replaceWith(element('p', { class: 'broken', role: 'alert' }, `${say('broken')} `, download())),
  )
  return node
}

function picture(media) {
  const looped = media.kind === 'animation'
  const video = element('video', {
    class: 'media',
    src: fileUrl(media.fileId),
    poster: thumbOf(media),
    'aria-label': media.fileName ?? say(media.kind),
    controls: true,
    playsinline: true,
    preload: 'metadata',
    loop: looped,
    autoplay: looped,
    muted: looped,
  })
  video.muted = looped
  const facts = [
    media.duration && durationOf(media.duration),
    media.width && media.height && `${media.width} × ${media.height}`,
    sizeOf(media.sizeBytes),
    !media.streaming && media.kind === 'video' && say('noStreaming'),
  ]
  return [
    whenBroken(shape(video, media), media),
    element('p', { class: 'facts' }, facts.filter(Boolean).join(' · ')),
  ]
}

function sound(media) {
  const cover = thumbOf(media)
  const title = media.title ?? media.fileName ?? say(media.kind)
  const facts = [media.performer, media.duration && durationOf(media.duration), sizeOf(media.sizeBytes)]
  const player = element('audio', {
    src: fileUrl(media.fileId),
    controls: true,
    preload: 'metadata',
    'aria-label': title,
  })
  return [
    element(
      'div',
      { class: 'track' },
      cover
        ? element('img', { src: cover, alt: '' })
        : element('span', { class: 'glyph', 'aria-hidden': 'true' }, '♪'),
      element('b', {}, title),
      element('span', {}, facts.filter(Boolean).join(' · ')),
      whenBroken(player, media),
    ),
  ]
}

function file(media) {
  const name = media.fileName ?? say('document')
  return [
    element(
      'a',
      { class: 'track', href: fileUrl(media.fileId), download: name },
      element('span', { class: 'glyph', 'aria-hidden': 'true' }, '↓'),
      element('b', {}, name),
      element('span', {}, sizeOf(media.sizeBytes)),
    ),
  ]
}

function photo(media) {
  const image = element('img', { class: 'media', src: fileUrl(media.fileId), alt: say('photo') })
  return [whenBroken(shape(image, media), media)]
}

/** The nodes that show or play a media. */
export function mediaView(media) {
  if (media.kind === 'video' || media.kind === 'animation') return picture(media)
  if (media.kind === 'audio' || media.kind === 'voice') return sound(media)
  return media.kind === 'photo' ? photo(media) : file(media)
}
