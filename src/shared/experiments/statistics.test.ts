import { describe, expect, test } from 'vitest'
import { holm } from './holm.ts'
import { type Counted, compareShares, shareWithInterval } from './proportions.ts'
import { sampleRatio } from './sample-ratio.ts'
import { sequentialHalfWidth, sequentialInterval } from './sequential-interval.ts'

const counted = (conversions: number, participants: number): Counted => ({ conversions, participants })

/** Mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** So far from its expected share a count is by chance in one of 3,000 cases. */
const slack = (share: number, runs: number) => 3.4 * Math.sqrt((share * (1 - share)) / runs)

describe('two shares', () => {
  test('the figures of a textbook: 200 of 5,000 and 250 of 5,000', () => {
    const found = compareShares(counted(200, 5000), counted(250, 5000))
    expect(found?.z).toBeCloseTo(2.41191535, 8)
    expect(found?.p).toBeCloseTo(0.01586896, 7)
    expect([found?.low, found?.high]).toEqual([expect.closeTo(0.001876, 6), expect.closeTo(0.018124, 6)])
  })

  test('one share: Wilson', () => {
    const { rate, interval } = shareWithInterval(counted(10, 100))
    expect([rate, interval?.low, interval?.high]).toEqual([
      0.1,
      expect.closeTo(0.05523, 4),
      expect.closeTo(0.17437, 4),
    ])
    expect(shareWithInterval(counted(0, 10)).interval).toEqual({ low: 0, high: expect.closeTo(0.27753, 4) })
    expect(shareWithInterval(counted(10, 10)).interval?.high).toBe(1)
    expect(shareWithInterval(counted(0, 0))).toEqual({ rate: null, interval: null })
  })

  test('exchanged names change the sign and nothing else', () => {
    const random = seeded(11)
    for (let i = 0; i < 300; i++) {
      const one = (): Counted => {
        const participants = 1 + Math.floor(random() * 400)
        return counted(Math.floor(random() * (participants + 1)), participants)
      }
      const [a, b] = [one(), one()]
      const [there, back] = [compareShares(a, b), compareShares(b, a)]
      expect(back?.difference).toBeCloseTo(-(there?.difference ?? 1), 12)
      expect(back?.p).toBeCloseTo(there?.p ?? -1, 12)
      expect(back?.low).toBeCloseTo(-(there?.high ?? 9), 12)
      const [thereSequential, backSequential] = [sequentialInterval(a, b, 500), sequentialInterval(b, a, 500)]
      expect(backSequential?.low).toBeCloseTo(-(thereSequential?.high ?? 9), 12)
    }
  })

  test.each([
    [counted(0, 10), counted(0, 10)],
    [counted(10, 10), counted(10, 10)],
    [counted(0, 1), counted(1, 1)],
    [counted(0, 1), counted(0, 1_000_000)],
    [counted(5, 10), counted(5, 10)],
  ])('%j and %j: no NaN, and nothing outside of what can be', (a, b) => {
    const found = compareShares(a, b)
    for (const value of Object.values(found ?? {})) expect(value).toSatisfy(Number.isFinite)
    const interval = sequentialInterval(a, b, 1000)
    for (const value of [found?.low, found?.high, interval?.low, interval?.high]) {
      expect(value).toBeGreaterThanOrEqual(-1)
      expect(value).toBeLessThanOrEqual(1)
    }
    if (a.conversions / a.participants === b.conversions / b.participants) expect(found?.p).toBe(1)
  })

  test('without people on a side there is no answer, and one person is none', () => {
    expect(compareShares(counted(0, 0), counted(1, 2))).toBeNull()
    expect(sequentialInterval(counted(1, 2), counted(0, 0), 1000)).toBeNull()
    const one = sequentialInterval(counted(0, 1), counted(1, 1), 1000)
    expect(one?.low).toBeLessThan(0)
  })
})

describe('an interval that may be looked at at any time', () => {
  // The last two: golden values of PostHog's own test of the same formulas.
  test.each([
    [0.004144876355212541, 10_000, 5000, 0.012689444536505404],
    [0.004144876355212541, 10_000, 10_000, 0.012580565977339059],
    [0.03353824374836963, 6550, 5000, 0.10192],
    [0.33368, 6500, 1000, 1.06291],
  ])('standard error %d, %d people of %d planned: ± %d', (standardError, participants, plannedSize, half) => {
    const found = sequentialHalfWidth({ standardError, participants, plannedSize })
    expect(Math.abs(found - half)).toBeLessThan(1e-5)
  })

  test('without a difference it says that there is one as rarely as it promises; a test that is peeked at does not', () => {
    const random = seeded(7)
    const [runs, looks, perLook] = [500, 20, 250]
    const wrong = { sequential: 0, peeked: 0, once: 0 }
    for (let run = 0; run < runs; run++) {
      const [a, b] = [counted(0, 0), counted(0, 0)]
      const said = { sequential: false, peeked: false, once: false }
      for (let look = 0; look < looks; look++) {
        for (const side of [a, b])
          for (let i = 0; i < perLook; i++) {
            side.participants++
            if (random() < 0.1) side.conversions++
          }
        const p = compareShares(a, b)?.p ?? 1
        const interval = sequentialInterval(a, b, looks * perLook)
        if (interval && (interval.low > 0 || interval.high < 0)) said.sequential = true
        said.once = p < 0.05
        said.peeked ||= said.once
      }
      for (const way of ['sequential', 'peeked', 'once'] as const) if (said[way]) wrong[way]++
    }
    expect(wrong.sequential / runs).toBeLessThan(0.05)
    expect(Math.abs(wrong.once / runs - 0.05)).toBeLessThan(slack(0.05, runs))
    // Why it is not shown before its time.
    expect(wrong.peeked / runs).toBeGreaterThan(0.15)
  })

  test('a difference that the plan was made for is found as often as the plan says', () => {
    const random = seeded(3)
    const [runs, perSide] = [400, 6745]
    let found = 0
    const draw = (share: number) => {
      let conversions = 0
      for (let i = 0; i < perSide; i++) if (random() < share) conversions++
      return counted(conversions, perSide)
    }
    for (let run = 0; run < runs; run++) if ((compareShares(draw(0.04), draw(0.05))?.p ?? 1) < 0.05) found++
    expect(Math.abs(found / runs - 0.8)).toBeLessThan(slack(0.8, runs))
  })
})

describe('whether people land where they should', () => {
  test.each([
    [[44_000, 45_000], [50, 50], 11.236, 8.02278e-4, true],
    [[10_000, 10_050], [1, 1], 0.1247, 0.724, false],
    [[821_588, 815_482], [0.5, 0.5], 22.7744, 1.82e-6, true],
    [[100, 200, 700], [10, 20, 70], 0, 1, false],
  ])('%j of %j', (observed, shares, chiSquare, p, isMismatch) => {
    const found = sampleRatio(observed, shares)
    expect(found?.chiSquare).toBeCloseTo(chiSquare, 4)
    expect(found?.p).toBeCloseTo(p, p < 1e-5 ? 8 : p < 0.01 ? 8 : 3)
    expect(found?.isMismatch).toBe(isMismatch)
  })

  test('nobody, too few, one variant alone: it does not say; people where nobody should be: it does', () => {
    expect(sampleRatio([0, 0], [50, 50])).toBeNull()
    expect(sampleRatio([4, 4], [50, 50])).toBeNull()
    expect(sampleRatio([400], [50])).toBeNull()
    expect(sampleRatio([400, 0], [100, 0])).toBeNull()
    expect(sampleRatio([400, 1], [100, 0])).toMatchObject({ p: 0, isMismatch: true })
  })
})

test('several comparisons: Holm, in the order in which they came', () => {
  const rounded = (ps: number[]) => holm(ps).map((p) => Number(p.toFixed(10)))
  expect(rounded([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02])
  expect(rounded([0.5, 0.9])).toEqual([1, 1])
  expect(rounded([0.03])).toEqual([0.03])
  expect(holm([])).toEqual([])
})
