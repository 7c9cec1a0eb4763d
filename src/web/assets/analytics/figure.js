import { ask } from './ask.js'
import { drawOnCanvas } from './canvas-chart.js'
import { problem } from './card.js'
import { thin } from './colours.js'
import { formatted } from './format.js'

/** Fills a figure of the overview: the number, and its course without axes. */
export async function fillFigure(node) {
  const { url, column, kind, title, course } = JSON.parse(node.dataset.figure)
  try {
    const [[row], days] = await Promise.all([ask(url), course ? ask(course.url) : []])
    const value = row?.[column] ?? null
    node.querySelector('.value').textContent = value === null ? '–' : formatted({ kind }, value)
    const values = days.map((one) => one[course.y])
    if (values.length > 1) drawSpark(node.querySelector('.spark'), title, values)
  } catch (error) {
    node.querySelector('.value').replaceChildren('–')
    node.querySelector('.spark').replaceWith(problem(error, () => fillFigure(node)))
  }
  node.setAttribute('aria-busy', 'false')
}

function drawSpark(place, title, values) {
  drawOnCanvas(place, `${title}: ${values.length}`, ({ colours }) => ({
    type: 'line',
    data: {
      labels: values.map(String),
      datasets: [
        {
          data: values,
          borderColor: colours.series[0],
          backgroundColor: thin(colours.series[0], 0.15),
          ...{ fill: true, borderWidth: 1.5, pointRadius: 0, tension: 0.2 },
        },
      ],
    },
    options: {
      scales: { x: { display: false }, y: { display: false, beginAtZero: true } },
      plugins: {
        ...{ legend: { display: false }, tooltip: { enabled: false } },
        ...{ namesAtTheEnd: { shown: false }, valuesAtTheEnd: { shown: false } },
      },
    },
  }))
}
