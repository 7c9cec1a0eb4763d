import type { MediaFacts } from '../queues/media.ts'

const LONG_S = 20 * 60
const LONG_BYTES = 300_000_000

/** Pure: whether work on a media will take long, from what is known before it begins. What nobody knows is short. */
export function isLong(
  known: Pick<MediaFacts, 'durationS' | 'choices'> | null,
  format: string | undefined,
): boolean {
  const sizeBytes = known?.choices.find((choice) => choice.format === format)?.sizeBytes ?? 0
  return (known?.durationS ?? 0) > LONG_S || sizeBytes > LONG_BYTES
}

export type Lane = ReturnType<typeof createLane>

/**
 * Keeps one of a process's places free of long work, so that a song need not wait for somebody's four hours. Who has
 * one place only has none to keep. In memory: a crash takes the count with the work.
 */
export function createLane(places: number) {
  const mostLong = places > 1 ? places - 1 : Number.POSITIVE_INFINITY
  let long = 0
  return {
    /** False when no long job may begin now. */
    take(): boolean {
      if (long >= mostLong) return false
      long += 1
      return true
    },

    leave(): void {
      long -= 1
    },
  }
}
