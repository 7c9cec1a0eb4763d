import type { InBoth } from '../../../shared/metrics/metric.ts'

/** How rows are drawn: src/web/assets/analytics/kinds.js has one function for each. */
export type ChartKind = 'line' | 'columns' | 'bars' | 'funnel' | 'grid' | 'score' | 'table'

export interface ChartOfPage {
  /** Its id among the METRICS, which bring title, definition and columns. */
  metric: string
  kind: ChartKind
  /** Columns: the names along the axis, and the figures. Without them, the first of each. */
  x?: string
  y?: string[]
  /** A second column of the names: it stands behind the first one. */
  also?: string
  /** A column whose values are a series each. */
  split?: string
  /** Figures that add up stand on each other. */
  isStacked?: true
  /** Names in an order of their own. */
  order?: readonly string[]
  /** As wide as the page. */
  isWide?: true
  /** When one metric is shown in two ways. */
  title?: InBoth
  /** Only the rows with this in that column. */
  only?: Record<string, string>
  /** In the table, what stands in a column leads to this address with it at the end. */
  links?: Record<string, string>
}

/** A number of the one row of `overview`. */
export interface FigureOfPage {
  column: string
  /** The metric that says what it means, and a column of it to draw the course of. */
  metric: string
  y?: string
}

export interface AnalyticsPage {
  /** Its address under /analytics; the overview has none. */
  id: string
  title: InBoth
  lead: InBoth
  figures?: FigureOfPage[]
  charts: ChartOfPage[]
  /** What the page keeps beside its charts. */
  keeps?: 'live' | 'dead-letters' | 'ads' | 'experiments' | 'words'
}
