import { z } from 'zod'
import { holm } from './holm.ts'
import { ALPHA, type Counted, compareShares, shareWithInterval } from './proportions.ts'
import { sampleRatio } from './sample-ratio.ts'
import { sequentialInterval } from './sequential-interval.ts'

const count = z.int().nonnegative()
const share = z.number().min(0).max(1)
const Interval = z.object({ low: z.number(), high: z.number() })

/** What may be said of a variant beside the control. */
export const Verdict = z
  .enum(['no_people', 'broken', 'early', 'better', 'worse', 'no_difference'])
  .describe(
    'no_people: nobody has met it. broken: people do not land in the variants as they should, so nothing may be read. ' +
      'early: it runs on, or has ended before its planned size, and the sequential interval holds 0. ' +
      'better, worse: a difference. no_difference: it has ended at its planned size, and there is none to be seen.',
  )

/** A variant, next to the first one, which is the control. */
export const VariantResult = z.object({
  variant: z.string(),
  share: z.number().describe('Percent of all people that are to meet it'),
  participants: count,
  conversions: count,
  rate: share.nullable(),
  interval: Interval.nullable().describe('Of the rate: Wilson, 95 %'),
  difference: z.number().nullable().describe('Rate less that of the control'),
  sequential: Interval.nullable().describe('Of the difference; it may be looked at at any time'),
  fixed: z
    .object({ low: z.number(), high: z.number(), z: z.number(), p: share, pAdjusted: share })
    .nullable()
    .describe('Of the difference, once it has ended at its planned size: to be read once'),
  verdict: Verdict.nullable().describe('Null for the control'),
})
export type VariantResult = z.infer<typeof VariantResult>

export const SampleRatioResult = z
  .object({ chiSquare: z.number(), p: share, isMismatch: z.boolean() })
  .nullable()
  .describe('Whether people land in the variants as they should; null while there are too few to tell')

export interface VariantCounts extends Counted {
  variant: string
  share: number
}

/**
 * What the numbers of a test allow to say. The first variant is the control. While it runs (`isActive`) it is looked at again
 * and again, which only the sequential interval bears, however many people it has. Pure.
 */
export function judge(variants: readonly VariantCounts[], plannedSize: number, isActive: boolean) {
  const [control, ...others] = variants
  const ratio = sampleRatio(
    variants.map(({ participants }) => participants),
    variants.map((one) => one.share),
  )
  const isComplete = variants.reduce((total, { participants }) => total + participants, 0) >= plannedSize
  // Several intervals at once are each as much wider as there are of them (Bonferroni), p values as Holm has it.
  const alpha = ALPHA / Math.max(1, others.length)
  const compared = others.map((one) => (control ? compareShares(control, one, alpha) : null))
  const adjusted = holm(compared.map((comparison) => comparison?.p ?? 1))

  const results = variants.map((one, i): VariantResult => {
    const comparison = compared[i - 1] ?? null
    // Whatever they differ by may come from who landed where: a figure would be believed.
    const readable = ratio?.isMismatch ? null : comparison
    const pAdjusted = adjusted[i - 1] ?? 1
    const sequential = control && readable ? sequentialInterval(control, one, plannedSize, alpha) : null
    const isOver = isComplete && !isActive
    const fixed =
      readable && isOver
        ? { low: readable.low, high: readable.high, z: readable.z, p: readable.p, pAdjusted }
        : null
    const isSeen =
      (sequential !== null && (sequential.low > 0 || sequential.high < 0)) || (fixed && pAdjusted < ALPHA)
    const found = (): z.infer<typeof Verdict> => {
      if (ratio?.isMismatch) return 'broken'
      if (!comparison) return 'no_people'
      if (isSeen) return comparison.difference > 0 ? 'better' : 'worse'
      return isOver ? 'no_difference' : 'early'
    }
    return {
      ...one,
      ...shareWithInterval(one),
      difference: readable?.difference ?? null,
      sequential,
      fixed,
      verdict: i === 0 ? null : found(),
    }
  })
  return { isComplete, sampleRatio: ratio, variants: results }
}
