import { short } from './format.js'

const FONT = '600 12px system-ui, sans-serif'
const LINE_PX = 15

const write = (context, text, x, y, colour, align) => {
  Object.assign(context, { font: FONT, fillStyle: colour, textAlign: align, textBaseline: 'middle' })
  context.fillText(text, x, y)
}

/** Moves what stands too close downwards, and all of it back up when it would leave the area. */
function spread(marks, { top, bottom }) {
  marks.sort((a, b) => a.y - b.y)
  for (const [i, mark] of marks.entries()) if (i > 0) mark.y = Math.max(mark.y, marks[i - 1].y + LINE_PX)
  for (let i = marks.length - 1; i >= 0; i--) {
    const limit = i === marks.length - 1 ? bottom : marks[i + 1].y - LINE_PX
    marks[i].y = Math.max(top, Math.min(marks[i].y, limit))
  }
}

/** The name of each line at its end, in its colour: nobody has to look up a legend. */
export const namesAtTheEnd = {
  id: 'namesAtTheEnd',
  afterDatasetsDraw(chart, _, { shown }) {
    if (!shown) return
    const marks = chart.data.datasets.flatMap((dataset, i) => {
      const meta = chart.getDatasetMeta(i)
      const last = meta.data.findLast((point) => !point.skip)
      return last && chart.isDatasetVisible(i)
        ? [{ y: last.y, text: dataset.label, colour: dataset.borderColor }]
        : []
    })
    spread(marks, chart.chartArea)
    for (const { y, text, colour } of marks)
      write(chart.ctx, text, chart.chartArea.right + 8, y, colour, 'left')
  },
}

/** The value of each bar beyond its end. */
export const valuesAtTheEnd = {
  id: 'valuesAtTheEnd',
  afterDatasetsDraw(chart, _, { column, colour, shown }) {
    if (!shown) return
    const isAcross = chart.options.indexAxis === 'y'
    chart.data.datasets.forEach((dataset, i) => {
      for (const [j, bar] of chart.getDatasetMeta(i).data.entries()) {
        const text = short(column, dataset.data[j])
        if (isAcross) write(chart.ctx, text, bar.x + 6, bar.y, colour, 'left')
        else write(chart.ctx, text, bar.x, bar.y - 9, colour, 'center')
      }
    })
  },
}

/** How wide a text of a label is. */
export function widthOf(text) {
  const context = document.createElement('canvas').getContext('2d')
  context.font = FONT
  return context.measureText(text).width
}
