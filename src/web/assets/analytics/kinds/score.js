import { element } from '../element.js'
import { formatted } from '../format.js'
import { TEXTS } from '../page.js'

const SHARE = { kind: 'share' }
/** From here a product is usually missed. */
const AIM = 0.4

/** The share of those who would be very disappointed, on a scale with its interval; hidden while they are too few. */
export function score(place, _, rows) {
  const very = rows.find(({ question, answer }) => question === 'pmf' && answer === 'very')
  const n = rows.find(({ question }) => question === 'pmf')?.n ?? 0
  if (typeof very?.share !== 'number') {
    place.replaceChildren(element('p', { class: 'nothing' }, `${TEXTS.hidden}: n = ${n}`))
    return
  }
  const { share, low, high } = very
  const part = (name, from, to = from) => {
    const node = element('span', { class: name })
    node.style.left = `${from * 100}%`
    node.style.right = `${100 - to * 100}%`
    return node
  }
  place.replaceChildren(
    element('p', { class: 'value' }, formatted(SHARE, share)),
    element('p', { class: 'quiet' }, `${formatted(SHARE, low)} – ${formatted(SHARE, high)}, n = ${n}`),
    element(
      'div',
      { class: 'scale', 'aria-hidden': 'true' },
      part('scale-interval', low, high),
      part('scale-aim', AIM),
      part('scale-value', share),
    ),
    element(
      'p',
      { class: 'scale-ends quiet' },
      ...['0%', '40%', '100%'].map((end) => element('span', {}, end)),
    ),
  )
}
