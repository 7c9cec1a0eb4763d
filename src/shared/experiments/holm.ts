/**
 * P values of several comparisons, so adjusted (Holm 1979) that one of them being small by chance is no more likely
 * than with a single one. In the order in which they are given.
 */
export function holm(ps: readonly number[]): number[] {
  const ranked = ps.map((p, i) => ({ p, i })).sort((a, b) => a.p - b.p)
  const adjusted = ps.map(() => 1)
  let largest = 0
  for (const [rank, { p, i }] of ranked.entries()) {
    largest = Math.max(largest, Math.min(1, p * (ps.length - rank)))
    adjusted[i] = largest
  }
  return adjusted
}
