export type Seeded = ReturnType<typeof seeded>

/** Chances that a seed decides (mulberry32). */
export function seeded(seed: number) {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (count: number) => Math.floor(next() * count)
  return {
    next,
    /** A whole number from 0 to below `count`. */
    below,
    chance: (p: number) => next() < p,
    pick<T>(items: readonly [T, ...T[]]): T {
      return items[below(items.length)] ?? items[0]
    },
    shuffle<T>(items: readonly T[]): T[] {
      return items
        .map((item) => ({ item, at: next() }))
        .sort((a, b) => a.at - b.at)
        .map(({ item }) => item)
    },
  }
}
