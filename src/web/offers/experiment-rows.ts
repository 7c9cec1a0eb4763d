import type { ExperimentResults } from '../../shared/experiments/experiment-results.ts'
import type { Row } from '../stats/csv.ts'

/** Of the file: a line for each variant. */
export const RESULT_COLUMNS = [
  ...['experiment', 'variant', 'share', 'participants', 'conversions', 'rate', 'rateLow', 'rateHigh'],
  ...['difference', 'sequentialLow', 'sequentialHigh', 'fixedLow', 'fixedHigh', 'p', 'pAdjusted', 'verdict'],
  ...['plannedSize', 'isComplete', 'inSeveralVariants', 'sampleRatioP'],
] as const

export const resultRows = (results: ExperimentResults): Row[] =>
  results.variants.map(
    (one): Record<(typeof RESULT_COLUMNS)[number], unknown> => ({
      experiment: results.name,
      variant: one.variant,
      share: one.share,
      participants: one.participants,
      conversions: one.conversions,
      rate: one.rate,
      rateLow: one.interval?.low,
      rateHigh: one.interval?.high,
      difference: one.difference,
      sequentialLow: one.sequential?.low,
      sequentialHigh: one.sequential?.high,
      fixedLow: one.fixed?.low,
      fixedHigh: one.fixed?.high,
      p: one.fixed?.p,
      pAdjusted: one.fixed?.pAdjusted,
      verdict: one.verdict,
      plannedSize: results.plannedSize,
      isComplete: results.isComplete,
      inSeveralVariants: results.inSeveralVariants,
      sampleRatioP: results.sampleRatio?.p,
    }),
  )
