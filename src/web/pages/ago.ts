import type { Texts } from '../texts.ts'

/** How long ago, in the largest unit that is not zero. */
export function ago(texts: Texts, ageMs: number): string {
  const seconds = Math.max(0, Math.round(ageMs / 1000))
  if (seconds < 120) return texts.secondsAgo(seconds)
  if (seconds < 7200) return texts.minutesAgo(Math.round(seconds / 60))
  return texts.hoursAgo(Math.round(seconds / 3600))
}
