import { fillCard } from './card.js'
import { fillFigure } from './figure.js'
import { chooseOnChange } from './filters.js'
import { showLive } from './live.js'
import { closeTipsOnEscape } from './tips.js'

closeTipsOnEscape()
chooseOnChange()
for (const panel of document.querySelectorAll('[data-chart]')) void fillCard(panel)
for (const figure of document.querySelectorAll('[data-figure]')) void fillFigure(figure)
showLive()
