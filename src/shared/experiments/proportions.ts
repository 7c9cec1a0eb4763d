import { wilson } from '../metrics/wilson.ts'
import { criticalZ, twoSidedP } from './distributions.ts'

/** People in a variant, and how many of them reached the goal. */
export interface Counted {
  participants: number
  conversions: number
}

export interface Interval {
  low: number
  high: number
}

/** A planned comparison: it holds when it is read once, at the size that was planned. */
export interface Comparison extends Interval {
  /** Share of the variant less that of the control. */
  difference: number
  z: number
  p: number
}

export const ALPHA = 0.05

const shareOf = ({ participants, conversions }: Counted): number => conversions / participants

/** One share, and how sure we are of it. */
export function shareWithInterval(
  counted: Counted,
  alpha = ALPHA,
): { rate: number | null; interval: Interval | null } {
  const { participants } = counted
  if (participants === 0) return { rate: null, interval: null }
  const [low, high] = wilson(counted.conversions, participants, criticalZ(alpha))
  return { rate: shareOf(counted), interval: { low, high } }
}

/** The two-proportion z test (pooled), with the interval of the difference (unpooled). Null without people in both. */
export function compareShares(control: Counted, variant: Counted, alpha = ALPHA): Comparison | null {
  if (control.participants === 0 || variant.participants === 0) return null
  const difference = shareOf(variant) - shareOf(control)
  const pooled = (control.conversions + variant.conversions) / (control.participants + variant.participants)
  const pooledError = Math.sqrt(pooled * (1 - pooled) * (1 / control.participants + 1 / variant.participants))
  // Nobody or everybody converted in both: no difference, and nothing to divide by.
  const z = pooledError === 0 ? 0 : difference / pooledError
  const half = criticalZ(alpha) * standardError(control, variant)
  return { difference, z, p: twoSidedP(z), ...around(difference, half) }
}

/** Of the difference of the two shares, each with its own variance. */
export function standardError(control: Counted, variant: Counted): number {
  const variance = (one: Counted) => (shareOf(one) * (1 - shareOf(one))) / one.participants
  return Math.sqrt(variance(control) + variance(variant))
}

/** An interval of a difference of shares. */
export const around = (difference: number, half: number): Interval => ({
  low: Math.max(-1, difference - half),
  high: Math.min(1, difference + half),
})
