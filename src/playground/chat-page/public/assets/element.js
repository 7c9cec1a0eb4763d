/**
 * Makes an element. Children that are strings become text, never markup: whatever people and sites wrote cannot
 * become part of the page. Attributes are set only when they have a value.
 */
export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null) continue
    // For ARIA "false" is a value; elsewhere it is the absence of the attribute.
    if (key.startsWith('aria-')) node.setAttribute(key, String(value))
    else if (value === false) continue
    else if (key.startsWith('on')) node.addEventListener(key.slice(2), value)
    else node.setAttribute(key, value === true ? '' : String(value))
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false))
  return node
}

/** The element of the page with this id. */
export const byId = (id) => document.getElementById(id)

/** Only addresses that a click may safely open; anything else gives undefined. */
export function safeUrl(text) {
  try {
    const url = new URL(text)
    return ['http:', 'https:', 'mailto:', 'tg:'].includes(url.protocol) ? url.href : undefined
  } catch {
    return undefined
  }
}
