import { readColours } from './colours.js'
import { element } from './element.js'
import { namesAtTheEnd, valuesAtTheEnd } from './labels.js'
import { NO_MOTION } from './page.js'

// The page loads it before this module.
const { Chart } = globalThis
Chart.register(namesAtTheEnd, valuesAtTheEnd)
const NARROW_PX = 520

const themeChange = matchMedia('(prefers-color-scheme: dark)')

/**
 * Draws what `plan` says (a configuration of Chart.js) into `place`, and again when the colours change or there is more
 * or less room.
 */
export function drawOnCanvas(place, label, plan) {
  const canvas = element('canvas', { role: 'img', 'aria-label': label })
  const frame = element('div', { class: 'canvas' }, canvas)
  place.replaceChildren(frame)
  let chart
  let isNarrow
  const draw = () => {
    isNarrow = place.clientWidth < NARROW_PX
    const { heightPx, ...config } = plan({ colours: readColours(), isNarrow })
    if (heightPx) frame.style.height = `${heightPx}px`
    chart?.destroy()
    chart = new Chart(canvas, withCommon(config))
  }
  draw()
  themeChange.addEventListener('change', draw)
  new ResizeObserver(() => {
    if (place.clientWidth < NARROW_PX !== isNarrow) draw()
  }).observe(place)
}

function withCommon({ options, ...config }) {
  return {
    ...config,
    options: {
      responsive: true,
      maintainAspectRatio: false,
      animation: NO_MOTION ? false : { duration: 250 },
      interaction: { mode: 'index', intersect: false, axis: options.indexAxis ?? 'x' },
      ...options,
    },
  }
}
