import type { Bench } from './bench.ts'

/** One measured figure, as `npm run bench -- --json` prints it. */
export interface Figure {
  id: string
  /** What it is, for people. */
  what: string
  value: number
  unit: 'ms' | 'MB' | 'per s'
  /** What the machine and the tools need at least, timed in turns with the value in the same run. */
  floor: number | null
  ratio: number | null
  /** What is to be reached, in words; null for what is only reported. */
  reach: string | null
  holds: boolean | null
}

/** Some figures that are measured together. */
export interface Measurement {
  ids: readonly string[]
  measure(bench: Bench): Promise<Figure[]>
}

/** The middle one, or between the two middle ones. */
export const median = (values: readonly number[]): number => percentile(values, 50)

/** By linear interpolation between the closest ranks; NaN of nothing. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = ((sorted.length - 1) * percent) / 100
  const below = sorted[Math.floor(place)] ?? Number.NaN
  const above = sorted[Math.ceil(place)] ?? below
  return below + (above - below) * (place - Math.floor(place))
}

/** A figure that may be at most so many times its floor. */
export function atMostTimes(
  most: number,
  figure: Pick<Figure, 'id' | 'what' | 'value' | 'unit'> & { floor: number },
): Figure {
  const ratio = figure.value / figure.floor
  return { ...figure, ratio, reach: `at most ${most} times`, holds: ratio <= most }
}
