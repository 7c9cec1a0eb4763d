/** How long a job is tried again before its end is admitted: as long as Telegram itself keeps updates. */
const PATIENCE_MS = 24 * 3600_000
const LONGEST_WAIT_MS = 15_000

/**
 * How long to wait before looking again at something that will pass by itself: longer each time, up to 15 s, so
 * that many who wait cost little and everybody is served within a minute of its return.
 * @param attempt counts from 1
 */
export function growingWaitMs(firstMs: number, attempt: number, random = Math.random()): number {
  const grown = Math.min(firstMs * 1.5 ** (attempt - 1), LONGEST_WAIT_MS)
  return Math.round(grown * (0.75 + random / 2))
}

/** When to come back to something that will pass by itself; null when a day of patience is over. */
export function patientWaitMs(
  context: { attempt: number; addedAtMs: number },
  firstMs: number,
): number | null {
  return Date.now() - context.addedAtMs < PATIENCE_MS ? growingWaitMs(firstMs, context.attempt) : null
}
