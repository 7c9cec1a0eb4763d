import { element, safeUrl } from './element.js'

const PLAIN = {
  bold: 'b',
  italic: 'i',
  underline: 'u',
  strikethrough: 's',
  code: 'code',
  pre: 'pre',
  blockquote: 'blockquote',
  expandable_blockquote: 'blockquote',
}

const linkTo = (address, inside) => {
  const url = safeUrl(address)
  return url
    ? element('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, ...inside)
    : element('span', {}, ...inside)
}

function wrap(entity, covered, inside, onCommand) {
  switch (entity.type) {
    case 'url':
      return linkTo(/^[a-z][a-z0-9+.-]*:/i.test(covered) ? covered : `https://${covered}`, inside)
    case 'text_link':
      return linkTo(entity.url, inside)
    case 'email':
      return linkTo(`mailto:${covered}`, inside)
    case 'spoiler':
      return element('span', { class: 'spoiler', tabindex: 0 }, ...inside)
    case 'bot_command':
      return element(
        'button',
        { type: 'button', class: 'command', onclick: () => onCommand(covered) },
        ...inside,
      )
    default:
      return element(PLAIN[entity.type] ?? 'span', {}, ...inside)
  }
}

/**
 * Text with Telegram's entities as nodes. Offsets count UTF-16 units, as strings do here
 * (https://core.telegram.org/bots/api#messageentity). `onCommand` gets the "/command" that was clicked.
 */
export function withEntities(text, entities = [], onCommand = () => undefined) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length)
  const between = (start, end) => {
    const nodes = []
    let at = start
    while (sorted.length && sorted[0].offset < end) {
      const entity = sorted.shift()
      const from = Math.max(at, entity.offset)
      const to = Math.min(end, entity.offset + entity.length)
      if (to <= from) continue
      nodes.push(text.slice(at, from), wrap(entity, text.slice(from, to), between(from, to), onCommand))
      at = to
    }
    nodes.push(text.slice(at, end))
    return nodes
  }
  return between(0, text.length)
}
