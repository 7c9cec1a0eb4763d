import { STAGE_NAMES } from '../../../queues/pipeline.ts'
import type { Span, Trace } from './trace.ts'

const ROWS = ['bot', ...STAGE_NAMES.filter((name) => name !== 'maintenance'), 'Telegram']
const WIDTH = 1080
const LEFT = 96
const RIGHT = 128
const TOP = 58
const ROW = 36
const TICKS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000]

const STYLE = `text{font:13px system-ui,sans-serif;fill:#1d2733}.small{font-size:11px;fill:#5b6875}.title{font-size:16px;font-weight:600}
.grid{stroke:#dde3ea}.waits{fill:#dfe5ec}.runs{fill:#7fb3dd}.tool{fill:#e9a64c}.call{fill:#69b48a}.trip{stroke:#1d4f7a;stroke-width:1;opacity:.55}.end{stroke:#c2453c;stroke-dasharray:4 3}
@media(prefers-color-scheme:dark){text{fill:#e6ebf1}.small{fill:#9aa7b5}.grid{stroke:#303b47}.waits{fill:#2c3844}.runs{fill:#3f76a8}.tool{fill:#b87a26}.call{fill:#3c8660}.trip{stroke:#b5d8f7}}`

/** The trace as a picture: a row for each process, time from left to right. An SVG that follows light and dark. */
export function drawTrace({ title, spans, roundTrips, deliveredMs }: Trace): string {
  const endMs =
    Math.max(deliveredMs, ...spans.filter(({ row }) => ROWS.includes(row)).map(({ toMs }) => toMs)) * 1.02
  const x = (ms: number) => LEFT + (Math.max(0, ms) / endMs) * (WIDTH - LEFT - RIGHT)
  const y = (row: string) => TOP + ROWS.indexOf(row) * ROW
  const height = TOP + ROWS.length * ROW + 44
  const step = TICKS.find((tick) => endMs / tick <= 12) ?? 5000
  const marks = Array.from({ length: Math.floor(endMs / step) + 1 }, (_, n) => n * step)
  const bar = ({ row, kind, what, fromMs, toMs }: Span) => {
    const thick = { waits: 6, runs: 20, tool: 10, call: 20 }[kind]
    const top = y(row) + (kind === 'tool' ? 12 : kind === 'waits' ? 9 : 2)
    const width = Math.max(1.5, x(toMs) - x(fromMs))
    const label = `${what || 'waits'}: ${(toMs - fromMs).toFixed(1)} ms`
    const text =
      kind === 'tool' || kind === 'call'
        ? `<text class="small" x="${(x(fromMs) + width + 3).toFixed(1)}" y="${top + thick - 1}">${what}</text>`
        : ''
    return `<rect class="${kind}" x="${x(fromMs).toFixed(1)}" y="${top}" width="${width.toFixed(1)}" height="${thick}" rx="2"><title>${label}</title></rect>${text}`
  }
  const order = { waits: 0, runs: 1, tool: 2, call: 3 }
  const trips = (row: string) => roundTrips.filter((one) => one.row === row)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}">
<style>${STYLE}</style>
<text class="title" x="8" y="22">${title}: ${deliveredMs.toFixed(0)} ms from the message to the media</text>
${marks.map((ms) => `<line class="grid" x1="${x(ms)}" x2="${x(ms)}" y1="${TOP - 12}" y2="${height - 40}"/><text class="small" x="${x(ms)}" y="${TOP - 17}" text-anchor="middle">${ms} ms</text>`).join('\n')}
${ROWS.map((row) => `<text x="8" y="${y(row) + 17}">${row}</text><text class="small" x="${WIDTH - RIGHT + 10}" y="${y(row) + 17}">${trips(row).length > 0 ? `${trips(row).length} × Redis` : ''}</text>`).join('\n')}
${spans
  .filter(({ row }) => ROWS.includes(row))
  .toSorted((a, b) => order[a.kind] - order[b.kind])
  .map(bar)
  .join('\n')}
${roundTrips
  .filter(({ row }) => ROWS.includes(row))
  .map(
    ({ row, atMs }) =>
      `<line class="trip" x1="${x(atMs).toFixed(1)}" x2="${x(atMs).toFixed(1)}" y1="${y(row) + 24}" y2="${y(row) + 29}"/>`,
  )
  .join('\n')}
<line class="end" x1="${x(deliveredMs)}" x2="${x(deliveredMs)}" y1="${TOP - 12}" y2="${height - 40}"/>
<text class="small" x="8" y="${height - 12}">grey: the job waits · blue: it runs · orange: a tool at work · green: a call of the Bot API · small strokes: commands to Redis · red: the media is in the chat</text>
</svg>
`
}
