import { z } from 'zod'
import type { Rule } from './rule.ts'

/** What is kept of one alert from look to look. */
export const Kept = z.object({
  state: z.enum(['ok', 'pending', 'firing']),
  /** Since when it is in this state. */
  sinceMs: z.number(),
  /** While it fires: since when the value is well again; null while it is not. */
  calmSinceMs: z.number().nullable(),
  /** People know that it fires. */
  isTold: z.boolean(),
  /** When they were last told so, of this time or one before. */
  toldAtMs: z.number().nullable(),
})
export type Kept = z.infer<typeof Kept>

export type News = 'fired' | 'resolved'

export const CALM: Kept = { state: 'ok', sinceMs: 0, calmSinceMs: null, isTold: false, toldAtMs: null }

/**
 * Pure: one look at a value. Wrong for long enough, it fires; it resolves when it is well for as long, and that is told
 * to who was told of it. A value that nobody knows changes nothing: that nobody knows it is an alert of its own.
 */
export function step(
  kept: Kept,
  value: number | null,
  rule: Rule,
  nowMs: number,
): { kept: Kept; news: News | null } {
  if (value === null) return { kept, news: null }
  const next = stateAfter(kept, value, rule, nowMs)
  if (next.state === 'firing' && !next.isTold && isCooledDown(next, rule, nowMs))
    return { kept: { ...next, isTold: true, toldAtMs: nowMs }, news: 'fired' }
  const isOver = kept.state === 'firing' && next.state === 'ok'
  return { kept: next, news: isOver && kept.isTold ? 'resolved' : null }
}

function stateAfter(kept: Kept, value: number, rule: Rule, nowMs: number): Kept {
  if (kept.state === 'firing') {
    if (value >= rule.resolveBelow) return { ...kept, calmSinceMs: null }
    const calmSinceMs = kept.calmSinceMs ?? nowMs
    if (nowMs - calmSinceMs < rule.forMs) return { ...kept, calmSinceMs }
    return { ...CALM, sinceMs: nowMs, toldAtMs: kept.toldAtMs }
  }
  if (value < rule.fireAt) return kept.state === 'ok' ? kept : { ...kept, state: 'ok', sinceMs: nowMs }
  const sinceMs = kept.state === 'pending' ? kept.sinceMs : nowMs
  const state = nowMs - sinceMs >= rule.forMs ? 'firing' : 'pending'
  return { ...kept, state, sinceMs, calmSinceMs: null, isTold: false }
}

const isCooledDown = ({ toldAtMs }: Kept, { coolDownMs }: Rule, nowMs: number): boolean =>
  toldAtMs === null || nowMs - toldAtMs >= coolDownMs
