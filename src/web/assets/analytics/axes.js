import { short } from './format.js'

const MOST_LETTERS = 26
const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text)

const FONT = { family: 'system-ui, sans-serif', size: 12 }

/** The axis of names or days. */
export const nameAxis = ({ quiet, line }, column, labels, { most = MOST_LETTERS, ...options } = {}) => ({
  grid: { display: false },
  border: { color: line },
  ...options,
  ticks: {
    color: quiet,
    font: FONT,
    maxRotation: 0,
    autoSkipPadding: 14,
    callback: (at) => cut(short(column, labels[at]), most),
    ...options.ticks,
  },
})

/** Steps that are round in seconds, minutes or hours. */
const STEPS_S = [0.1, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600, 1200, 3600, 7200, 14_400, 36_000, 86_400]
const roundStep = (most) =>
  STEPS_S.find((step) => most / step <= 5) ?? STEPS_S.at(-1) * Math.ceil(most / 432_000)

/** The axis of figures, from zero. `most`: the largest of them. */
export const figureAxis = ({ quiet, line }, column, most, options = {}) => ({
  beginAtZero: true,
  grid: { color: line },
  border: { display: false },
  ...options,
  ticks: {
    color: quiet,
    font: FONT,
    maxTicksLimit: 6,
    ...(column.kind === 'seconds' && { stepSize: roundStep(most) }),
    maxRotation: 0,
    callback: (value) => short(column, value),
    ...(column.kind === 'count' && { precision: 0 }),
    ...options.ticks,
  },
})

/** The names under the chart, for where there is no place beside the lines. */
export const legendBelow = ({ ink }, display) => ({
  display,
  position: 'bottom',
  labels: { color: ink, font: FONT, usePointStyle: true, boxHeight: 7, padding: 14 },
})
