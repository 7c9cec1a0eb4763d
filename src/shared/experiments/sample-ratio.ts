import { chiSquareP } from './distributions.ts'

/** Below this, people do not land in the variants as they should: whatever the result says, it may say it of that. */
const GATE = 0.001
/** Under so many expected people the test means nothing. */
const LEAST_EXPECTED = 5

export interface SampleRatio {
  chiSquare: number
  p: number
  isMismatch: boolean
}

/**
 * Whether people landed in the variants in the shares that were asked for. Null while there are too few to tell.
 * `shares`: of any scale.
 */
export function sampleRatio(observed: readonly number[], shares: readonly number[]): SampleRatio | null {
  const total = sum(observed)
  const whole = sum(shares)
  if (total === 0 || whole === 0) return null
  const cells = observed.map((count, i) => ({ count, expected: (total * (shares[i] ?? 0)) / whole }))
  // A variant that nobody should be in.
  if (cells.some(({ count, expected }) => expected === 0 && count > 0))
    return { chiSquare: Number.MAX_VALUE, p: 0, isMismatch: true }
  const used = cells.filter(({ expected }) => expected > 0)
  if (used.length < 2 || used.some(({ expected }) => expected < LEAST_EXPECTED)) return null
  const chiSquare = sum(used.map(({ count, expected }) => (count - expected) ** 2 / expected))
  const p = chiSquareP(chiSquare, used.length - 1)
  return { chiSquare, p, isMismatch: p < GATE }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
