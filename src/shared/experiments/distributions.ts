import jStat from 'jstat'

/** How likely a standard normal value is at least so far from 0, on either side. */
export const twoSidedP = (z: number): number => Math.min(1, 2 * jStat.normal.cdf(-Math.abs(z), 0, 1))

/** The z that a share `alpha` of standard normal values is outside of, on both sides together. */
export const criticalZ = (alpha: number): number => jStat.normal.inv(1 - alpha / 2, 0, 1)

/** How likely a chi-square value is at least so large. */
export const chiSquareP = (value: number, degreesOfFreedom: number): number =>
  Math.max(0, 1 - jStat.chisquare.cdf(value, degreesOfFreedom))
