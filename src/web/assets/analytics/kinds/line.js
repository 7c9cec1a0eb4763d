import { figureAxis, legendBelow, nameAxis } from '../axes.js'
import { drawOnCanvas } from '../canvas-chart.js'
import { thin } from '../colours.js'
import { formatted } from '../format.js'
import { widthOf } from '../labels.js'
import { mostOf, seriesOf } from '../series.js'

// Lines differ in more than colour.
const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 4], [1, 5]]
const SHAPES = ['circle', 'rect', 'triangle', 'rectRot', 'star', 'crossRot']
const FEW_POINTS = 15

/** Figures over days: a line each. */
export function line(place, spec, rows) {
  const { labels, series, column } = seriesOf(spec, rows)
  const names = spec.columns[spec.x]
  const room = Math.min(150, 14 + Math.max(...series.map(({ label }) => widthOf(label))))
  drawOnCanvas(place, spec.title, ({ colours, isNarrow }) => {
    const isNamed = series.length > 1
    const dataset = ({ label, values }, i) => ({
      label,
      data: values,
      borderColor: colours.series[i],
      backgroundColor: thin(colours.series[i], isNamed ? 1 : 0.15),
      fill: !isNamed,
      borderWidth: 2,
      borderDash: DASHES[i],
      pointStyle: SHAPES[i],
      // A figure between two that nobody knows has no line to be seen by.
      pointRadius: ({ dataIndex: at }) =>
        labels.length <= FEW_POINTS || (values[at - 1] ?? values[at + 1] ?? null) === null ? 3 : 0,
      pointBackgroundColor: colours.series[i],
    })
    return {
      type: 'line',
      data: { labels, datasets: series.map(dataset) },
      options: {
        layout: { padding: { top: 8, right: isNamed && !isNarrow ? room : 12 } },
        scales: { x: nameAxis(colours, names, labels), y: figureAxis(colours, column, mostOf(series)) },
        plugins: {
          legend: legendBelow(colours, isNamed && isNarrow),
          tooltip: said(names, column),
          namesAtTheEnd: { shown: isNamed && !isNarrow },
          valuesAtTheEnd: { shown: false },
        },
      },
    }
  })
}

/** What the pointer is told. */
export const said = (names, column) => ({
  callbacks: {
    title: ([first]) => (first ? formatted(names, first.label) : ''),
    label: ({ dataset, raw }) => ` ${dataset.label}: ${formatted(column, raw)}`,
  },
})
