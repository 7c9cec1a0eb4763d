/** Of the normal distribution: 95 of 100 lie within so many deviations. */
const Z_95 = 1.959963984540054

/** Wilson's interval of a share, of 95 % without another `z`: it holds for few answers too, and never leaves 0 to 1. */
export function wilson(successes: number, n: number, z = Z_95): [low: number, high: number] {
  const p = successes / n
  const zz = z ** 2
  const middle = (p + zz / (2 * n)) / (1 + zz / n)
  const half = (z / (1 + zz / n)) * Math.sqrt((p * (1 - p)) / n + zz / (4 * n * n))
  return [Math.max(0, middle - half), Math.min(1, middle + half)]
}
