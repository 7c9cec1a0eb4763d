import { type Html, html } from '../../html.ts'

const WIDTH = 200
const MIDDLE = WIDTH / 2

interface Shown {
  low: number
  high: number
  value: number
}

/** An interval around a difference, over a line where there is none. `reach`: what the picture's ends stand for. */
export function intervalPicture({ low, high, value }: Shown, reach: number, label: string): Html {
  const at = (difference: number) =>
    (MIDDLE + Math.max(-1, Math.min(1, difference / reach)) * (MIDDLE - 6)).toFixed(1)
  return html`<svg class="interval" viewBox="0 0 ${WIDTH} 24" role="img" aria-label="${label}">
<line class="zero" x1="${MIDDLE}" x2="${MIDDLE}" y1="0" y2="24"/>
<line class="range" x1="${at(low)}" x2="${at(high)}" y1="12" y2="12"/>
<circle cx="${at(value)}" cy="12" r="5"/>
</svg>`
}
