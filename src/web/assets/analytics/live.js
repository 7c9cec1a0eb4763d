import { formatted } from './format.js'
import { TEXTS } from './page.js'

const COUNT = { kind: 'count' }
/** Without maintenance, whose schedule always waits. */
const sum = (stages, what) => {
  if (!stages) return null
  const { maintenance: _, ...others } = stages
  return Object.values(others).reduce((total, stage) => total + stage[what], 0)
}

/** What each place of the strip shows of what the server pushes. */
const SHOWN = {
  peopleNow: ({ peopleNow }) => peopleNow,
  peopleToday: ({ today }) => today?.people,
  deliveries: ({ today }) => today?.deliveries,
  failures: ({ today }) => today?.failures,
  active: ({ stages }) => sum(stages, 'active'),
  waiting: ({ stages }) => sum(stages, 'waiting'),
  events: ({ eventBatchesWaiting }) => eventBatchesWaiting,
}

/** The numbers of this moment, as long as the page is open. */
export function showLive() {
  const strip = document.querySelector('[data-live]')
  if (!strip) return
  const state = strip.querySelector('.live-state')
  const source = new EventSource(strip.dataset.live)
  source.addEventListener('numbers', ({ data }) => {
    const numbers = JSON.parse(data)
    for (const place of strip.querySelectorAll('[data-now]'))
      place.textContent = formatted(COUNT, SHOWN[place.dataset.now](numbers)) || '–'
    strip.classList.add('is-live')
    state.textContent = numbers.away.length > 0 ? `${TEXTS.away} ${numbers.away.join(', ')}` : ''
  })
  // The browser comes again by itself, unless it was refused for good.
  source.addEventListener('error', () => {
    strip.classList.remove('is-live')
    state.textContent = TEXTS.notLive
  })
}
