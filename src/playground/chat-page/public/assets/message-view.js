import { element, safeUrl } from './element.js'
import { withEntities } from './entities.js'
import { mediaView } from './media-view.js'
import { say, timeOf } from './texts.js'

/** A message in one line: for the list of chats and for quotes. */
export function summaryOf(view) {
  const words = view.text ?? view.caption
  const kind = view.media && say(view.media.kind)
  return [kind, words].filter(Boolean).join(': ').replaceAll(/\s+/g, ' ')
}

function key(button, onPress) {
  if (button.url !== undefined) {
    const url = safeUrl(button.url)
    return element(
      'a',
      { class: 'key', href: url, target: '_blank', rel: 'noopener noreferrer' },
      `${button.text} ↗`,
    )
  }
  const press = async ({ currentTarget }) => {
    if (currentTarget.getAttribute('aria-busy') === 'true') return
    currentTarget.setAttribute('aria-busy', 'true')
    try {
      await onPress(button.data)
    } finally {
      currentTarget.removeAttribute('aria-busy')
    }
  }
  return element('button', { type: 'button', class: 'key', onclick: press }, button.text)
}

function quote(original, onJump) {
  if (!original) return element('p', { class: 'quote' }, say('gonePart'))
  return element(
    'button',
    { type: 'button', class: 'quote', onclick: onJump },
    element('b', {}, original.from.name),
    element('span', {}, summaryOf(original)),
  )
}

/** The place of a media. One whose shape is known is as wide at once as its picture will be. */
function holderOf({ width, height }, nodes) {
  const holder = element('div', { class: width && height ? 'holder shaped' : 'holder' }, ...nodes)
  if (width && height) holder.style.setProperty('--ratio', String(width / height))
  return holder
}

function footLine(view, onDelete) {
  const when = timeOf(view.date)
  return element(
    'div',
    { class: 'foot-line' },
    element(
      'button',
      {
        type: 'button',
        class: 'delete',
        'aria-label': say('delete'),
        title: say('delete'),
        onclick: onDelete,
      },
      '✕',
    ),
    view.editDate && element('span', {}, say('edited')),
    element('time', { datetime: new Date(view.date * 1000).toISOString() }, when),
  )
}

/**
 * One message. `actions`: onPress(data) -> promise, onDelete(), onCommand(text), onJump(). Without `withMedia` the
 * place of the media stays empty, for whoever already has its player.
 */
export function messageView(view, { mine, withSender, original, withMedia, actions }) {
  const words = view.text ?? view.caption
  const entities = view.text === undefined ? view.captionEntities : view.entities
  const media = view.media && holderOf(view.media, withMedia ? mediaView(view.media) : [])
  const bubble = element(
    'div',
    { class: 'bubble' },
    withSender && element('p', { class: 'sender' }, view.from.name),
    view.replyTo !== undefined && quote(original, actions.onJump),
    media,
    words !== undefined &&
      element('p', { class: 'words' }, ...withEntities(words, entities, actions.onCommand)),
    footLine(view, actions.onDelete),
  )
  const keys = view.keyboard?.length && element('div', { class: 'keys' })
  if (keys)
    keys.append(
      ...view.keyboard.map((row) => element('div', {}, ...row.map((one) => key(one, actions.onPress)))),
    )
  return element(
    'article',
    {
      class: mine ? 'message mine' : 'message',
      'data-id': view.id,
      'data-file-id': view.media?.fileId,
      'aria-label': `${view.from.name}, ${timeOf(view.date)}`,
    },
    bubble,
    keys,
  )
}
