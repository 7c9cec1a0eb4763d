import { figureAxis, legendBelow, nameAxis } from '../axes.js'
import { drawOnCanvas } from '../canvas-chart.js'
import { short } from '../format.js'
import { widthOf } from '../labels.js'
import { mostOf, seriesOf } from '../series.js'
import { said } from './line.js'

const MOST_BARS = 12
const BAR_PX = 20

/** What is most: bars from left to right, one for each name. All of them are in the table. */
export const bars = (place, spec, rows) => draw(place, spec, cutTo(MOST_BARS, seriesOf(spec, rows)), true)

/** Figures over days or hours: standing bars. */
export const columns = (place, spec, rows) => draw(place, spec, seriesOf(spec, rows), false)

const cutTo = (most, { labels, series, column }) => ({
  labels: labels.slice(0, most),
  series: series.map(({ label, values }) => ({ label, values: values.slice(0, most) })),
  column,
})

function draw(place, spec, { labels, series, column }, isAcross) {
  const named = spec.columns[spec.x]
  const isStacked = Boolean(spec.split || spec.isStacked)
  const isMany = series.length > 1
  const perName = isStacked ? 1 : series.length
  // Beyond the longest bar there is room for its value.
  const room =
    10 + Math.max(...series.flatMap(({ values }) => values.map((value) => widthOf(short(column, value)))))
  drawOnCanvas(place, spec.title, ({ colours, isNarrow }) => {
    const names = nameAxis(colours, named, labels, {
      stacked: isStacked,
      ...(isAcross && { most: isNarrow ? 15 : 26, ticks: { autoSkip: false, color: colours.ink } }),
    })
    const hasValues = isAcross && !isStacked
    const most = mostOf(series)
    const figures = figureAxis(colours, column, most, {
      stacked: isStacked,
      // Nothing is more than the whole.
      ...(column.kind === 'share' && most > 0.75 && most <= 1 && { max: 1 }),
    })
    const dataset = ({ label, values }, i) => ({
      ...{ label, data: values, backgroundColor: colours.series[i], maxBarThickness: isAcross ? 22 : 48 },
      ...{ borderColor: colours.panel, borderWidth: isStacked ? 1 : 0, borderRadius: 3 },
    })
    return {
      type: 'bar',
      ...(isAcross && { heightPx: 56 + labels.length * (10 + perName * BAR_PX) + (isMany ? 34 : 0) }),
      data: { labels, datasets: series.map(dataset) },
      options: {
        indexAxis: isAcross ? 'y' : 'x',
        layout: { padding: { top: 8, right: hasValues ? room : 16 } },
        scales: isAcross ? { y: names, x: figures } : { x: names, y: figures },
        plugins: {
          legend: legendBelow(colours, isMany),
          tooltip: said(named, column),
          namesAtTheEnd: { shown: false },
          valuesAtTheEnd: { shown: hasValues, column, colour: colours.ink },
        },
      },
    }
  })
}
