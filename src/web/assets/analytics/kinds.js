import { bars, columns } from './kinds/bars.js'
import { funnel } from './kinds/funnel.js'
import { grid } from './kinds/grid.js'
import { line } from './kinds/line.js'
import { score } from './kinds/score.js'
import { rowsTable } from './rows-table.js'

const table = (place, spec, rows) => place.replaceChildren(rowsTable(spec, rows))

/** How rows can be drawn: (place, spec, rows). `ChartKind` in src/web/pages/analytics/page.ts names them. */
export const KINDS = { line, columns, bars, funnel, grid, score, table }
