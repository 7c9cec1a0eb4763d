import type { Facts, Verdict } from './facts.ts'

/** What a run has come to. */
export type Outcome = {
  facts: Facts
  verdict: Verdict
  faults: number
  /** What was still open in the end; null when all had settled. */
  open: string | null
  /** Processes that ended although nobody had hit them. */
  crashes: string[]
  settledInMs: number
  /** Kept when something is broken. */
  logsDir: string | null
}
