import type { DayNumbers } from '../numbers.ts'

const WIDTH = 960
const HEIGHT = 600
const LEFT = 76
const RIGHT = 24
const PANEL_HEIGHT = 190
/** Where each of the two panels begins: people above, files below. */
const TOPS = { people: 92, files: 350 }

const COLORS = {
  people: '#2563eb',
  files: '#0d9488',
  before: '#99d5cf',
  ink: '#1f2937',
  faint: '#6b7280',
  line: '#e5e7eb',
}

export interface ChartTexts {
  title: string
  people: string
  files: string
  /** Below a day. */
  day: (day: string) => string
  number: (value: number) => string
}

/**
 * Pure: people (a line) and files (bars) of each day, as SVG. Each has a scale of its own, from 0; the week that the
 * report is about, the last seven days, stands out from the one before.
 */
export function drawDays(days: readonly DayNumbers[], texts: ChartTexts): string {
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, days.length)
  const middle = (at: number) => LEFT + step * (at + 0.5)
  const isThisWeek = (at: number) => at >= days.length - 7
  const people = panel(
    TOPS.people,
    days.map((one) => one.people),
    texts,
  )
  const files = panel(
    TOPS.files,
    days.map((one) => one.files),
    texts,
  )

  const bars = days.map(({ files: value }, at) => {
    const y = files.y(value)
    const color = isThisWeek(at) ? COLORS.files : COLORS.before
    return `<rect x="${round(middle(at) - step * 0.32)}" y="${y}" width="${round(step * 0.64)}" height="${round(TOPS.files + PANEL_HEIGHT - y)}" rx="3" fill="${color}"/>`
  })
  const points = days.map((one, at) => `${round(middle(at))},${people.y(one.people)}`)
  const dots = days.map((one, at) => {
    const fill = isThisWeek(at) ? COLORS.people : '#ffffff'
    return `<circle cx="${round(middle(at))}" cy="${people.y(one.people)}" r="5" fill="${fill}" stroke="${COLORS.people}" stroke-width="2"/>`
  })
  const labels = days.map(({ day }, at) =>
    label(middle(at), TOPS.files + PANEL_HEIGHT + 28, texts.day(day), { anchor: 'middle', size: 14 }),
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="DejaVu Sans">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    label(LEFT, 40, texts.title, { size: 22, color: COLORS.ink, isBold: true }),
    label(LEFT, TOPS.people - 16, texts.people, { size: 16, color: COLORS.people, isBold: true }),
    people.grid,
    `<polyline points="${points.join(' ')}" fill="none" stroke="${COLORS.people}" stroke-width="3" stroke-linejoin="round"/>`,
    ...dots,
    label(LEFT, TOPS.files - 16, texts.files, { size: 16, color: COLORS.files, isBold: true }),
    files.grid,
    ...bars,
    ...labels,
    '</svg>',
  ].join('\n')
}

/** A scale from 0 to a round number, and its lines. */
function panel(top: number, values: readonly number[], { number }: ChartTexts) {
  const most = roundUp(Math.max(1, ...values))
  const y = (value: number): number => round(top + PANEL_HEIGHT * (1 - value / most))
  const lines = [0, 0.5, 1].map((part) => {
    const at = y(most * part)
    const line = `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}" stroke="${COLORS.line}" stroke-width="1"/>`
    // Half a person is no number.
    return part === 0.5 && most % 2 !== 0
      ? line
      : line + label(LEFT - 10, at + 5, number(most * part), { anchor: 'end', size: 14 })
  })
  return { y, grid: lines.join('\n') }
}

/** The next round number. */
export function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return power * ([1, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= value) ?? 10)
}

const round = (value: number): number => Math.round(value * 10) / 10

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function label(
  x: number,
  y: number,
  text: string,
  {
    anchor = 'start',
    size,
    color = COLORS.faint,
    isBold = false,
  }: { anchor?: string; size: number; color?: string; isBold?: boolean },
): string {
  const safe = text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '')
  const weight = isBold ? ' font-weight="bold"' : ''
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${color}" text-anchor="${anchor}"${weight}>${safe}</text>`
}
