import { STAGE_NAMES } from '../../../queues/pipeline.ts'
import type { Span, Trace } from './trace.ts'

const ROWS = ['bot', ...STAGE_NAMES.filter((name) => name !== 'maintenance'), 'Telegram']
const WIDTH = 1080
const LEFT = 96
const RIGHT = 128
const TOP = 58
const ROW = 36
/** From the back to the front. */
const KINDS = ['waits', 'runs', 'tool', 'call'] as const
const PLACES = {
  waits: { top: 9, thick: 6 },
  runs: { top: 2, thick: 20 },
  tool: { top: 12, thick: 10 },
  call: { top: 2, thick: 20 },
} as const
const LEGEND =
  'grey: the job waits · blue: it runs · orange: a tool at work · green: a call of the Bot API · strokes and numbers: commands to Redis · red: the media is in the chat'
const TICKS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000]

const STYLE = `text{font:13px system-ui,sans-serif;fill:#1d2733}.small{font-size:11px;fill:#5b6875}.title{font-size:16px;font-weight:600}
.grid{stroke:#dde3ea}.waits{fill:#dfe5ec}.runs{fill:#7fb3dd}.tool{fill:#e9a64c}.call{fill:#69b48a}.trip{stroke:#1d4f7a;stroke-width:1;opacity:.55}.end{stroke:#c2453c;stroke-dasharray:4 3}
@media(prefers-color-scheme:dark){text{fill:#e6ebf1}.small{fill:#9aa7b5}.grid{stroke:#303b47}.waits{fill:#2c3844}.runs{fill:#3f76a8}.tool{fill:#b87a26}.call{fill:#3c8660}.trip{stroke:#b5d8f7}}`

/** What comes after the media is shown for so much longer than it took. */
const SHOWN = 1.25

/**
 * The trace as a picture: a row for each process, time from left to right. An SVG that follows light and dark, and tells
 * each bar's length when one points at it.
 */
export function drawTrace({ title, spans, roundTrips, deliveredMs }: Trace): string {
  const endMs = deliveredMs * SHOWN
  const x = (ms: number) => LEFT + (Math.min(endMs, Math.max(0, ms)) / endMs) * (WIDTH - LEFT - RIGHT)
  const y = (row: string) => TOP + ROWS.indexOf(row) * ROW
  const height = TOP + ROWS.length * ROW + 44
  const step = TICKS.find((tick) => endMs / tick <= 12) ?? 5000
  const marks = Array.from({ length: Math.floor(endMs / step) + 1 }, (_, n) => n * step)
  const shown = <T extends { row: string }>(all: readonly T[], atMs: (one: T) => number) =>
    all.filter((one) => ROWS.includes(one.row) && atMs(one) < endMs)

  const line = (name: string, ms: number, top: number, bottom: number) =>
    `<line class="${name}" x1="${x(ms).toFixed(1)}" x2="${x(ms).toFixed(1)}" y1="${top}" y2="${bottom}"/>`
  const text = (content: string, left: number, top: number, more = '') =>
    `<text x="${left.toFixed(1)}" y="${top}"${more}>${content}</text>`
  const small = ' class="small"'

  const bar = ({ row, kind, what, fromMs, toMs }: Span) => {
    const { top, thick } = PLACES[kind]
    const width = Math.max(1.5, x(toMs) - x(fromMs))
    const place = `x="${x(fromMs).toFixed(1)}" y="${y(row) + top}" width="${width.toFixed(1)}" height="${thick}"`
    const label = `<title>${what} ${(toMs - fromMs).toFixed(1)} ms</title>`
    return `<rect class="${kind}" ${place} rx="2">${label}</rect>`
  }
  const called = ({ row, what, toMs }: Span) => text(what, x(toMs) + 4, y(row) + 19, small)
  /** The tools of a row beside the last of them: they may overlap. */
  const tools = (row: string) => {
    const used = spans.filter((span) => span.row === row && span.kind === 'tool')
    const lastMs = Math.max(...used.map(({ toMs }) => toMs))
    return used.length === 0
      ? []
      : [text([...new Set(used.map(({ what }) => what))].join(', '), x(lastMs) + 4, y(row) + 21, small)]
  }
  const row = (name: string) => [
    text(name, 8, y(name) + 17),
    text(tripsOf(name), WIDTH - RIGHT + 10, y(name) + 17, small),
    ...tools(name),
  ]
  const tripsOf = (name: string) => {
    const count = roundTrips.filter((trip) => trip.row === name && trip.atMs <= deliveredMs).length
    return count > 0 ? `${count} × Redis` : ''
  }

  const parts = [
    `<style>${STYLE}</style>`,
    text(`${title}: ${deliveredMs.toFixed(0)} ms from the message to the media`, 8, 22, ' class="title"'),
    ...marks.flatMap((ms) => [
      line('grid', ms, TOP - 12, height - 40),
      text(`${ms} ms`, x(ms), TOP - 17, `${small} text-anchor="middle"`),
    ]),
    ...KINDS.flatMap((kind) => shown(spans, ({ fromMs }) => fromMs).filter((span) => span.kind === kind)).map(
      bar,
    ),
    ...spans.filter(({ kind, fromMs }) => kind === 'call' && fromMs < endMs).map(called),
    ...shown(roundTrips, ({ atMs }) => atMs).map((trip) =>
      line('trip', trip.atMs, y(trip.row) + 25, y(trip.row) + 31),
    ),
    ...ROWS.flatMap(row),
    line('end', deliveredMs, TOP - 12, height - 40),
    text(LEGEND, 8, height - 12, small),
  ]
  const box = `viewBox="0 0 ${WIDTH} ${height}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} role="img" aria-label="${title}">\n${parts.join('\n')}\n</svg>\n`
}
