import { LANGUAGE } from './page.js'

const numbers = (options) => new Intl.NumberFormat(LANGUAGE, options)
const COUNT = numbers({ maximumFractionDigits: 1 })
const SHORT = numbers({ notation: 'compact', maximumFractionDigits: 1 })
const SHARE = numbers({ style: 'percent', maximumFractionDigits: 1 })
const units = (unit, options) => numbers({ style: 'unit', unit, unitDisplay: 'short', ...options })
const FEW_SECONDS = units('second', { maximumSignificantDigits: 2 })
const SECONDS = units('second', { maximumFractionDigits: 1 })
const MINUTES = units('minute', { maximumFractionDigits: 1 })
const HOURS = units('hour', { maximumFractionDigits: 1 })
const DAY = new Intl.DateTimeFormat(LANGUAGE, { day: 'numeric', month: 'short', timeZone: 'UTC' })
const FULL_DAY = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: 'medium', timeZone: 'UTC' })
const MINUTE_S = 60
const HOUR_S = 3600
const DISPLAYS = Object.fromEntries(
  ['language', 'region'].map((type) => [type, new Intl.DisplayNames(LANGUAGE, { type, fallback: 'code' })]),
)

/** Of a code that the browser knows; any other stands as it is. */
function nameOf(type, code) {
  try {
    return DISPLAYS[type].of(code) ?? code
  } catch {
    return code
  }
}

/** A value of a column as people read it. Nothing, where nobody can know yet. `words`: of the names that we give. */
export function formatted({ kind, words, names }, value) {
  if (value === null || value === undefined) return ''
  if (words && value in words) return words[value]
  if (names) return nameOf(names, String(value))
  if (kind === 'day') return FULL_DAY.format(new Date(value))
  if (kind === 'share') return SHARE.format(value)
  if (kind === 'seconds') return time(value)
  return typeof value === 'number' ? COUNT.format(value) : String(value)
}

/** Seconds in the unit that people would say. */
function time(seconds) {
  if (seconds >= 3 * HOUR_S) return HOURS.format(seconds / HOUR_S)
  if (seconds >= 5 * MINUTE_S) return MINUTES.format(seconds / MINUTE_S)
  return (seconds < 1 ? FEW_SECONDS : SECONDS).format(seconds)
}

/** The same where there is little room: on axes and at the ends of bars. */
export function short(column, value) {
  const { kind } = column
  if (value === null || value === undefined) return ''
  if (kind === 'day') return DAY.format(new Date(value))
  return kind === 'count' || kind === 'number' ? SHORT.format(value) : formatted(column, value)
}
