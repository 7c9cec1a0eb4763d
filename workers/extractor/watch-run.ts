import { setTimeout as wait } from 'node:timers/promises'
import type { RunLimits } from './extractor.ts'
import { folderSize } from './folder-size.ts'
import { createStallGauge } from './stall-gauge.ts'

const LOOK_EVERY_MS = 200
/** While parts are merged they lie beside what comes of them. */
const FOLDER_PER_FILE = 2.2

/**
 * Watches what a run writes, until it ended. yt-dlp's own limits do not hold: --max-filesize believes the server,
 * and --socket-timeout starts anew with every byte.
 * @param stop called once, with the reason why the run must not go on.
 */
export async function watchRun(
  dir: string,
  limits: RunLimits,
  ended: AbortSignal,
  stop: (reason: 'timeout' | 'stalled' | 'too_large') => void,
): Promise<void> {
  const startMs = performance.now()
  const stalled = createStallGauge(limits.noProgressMs, startMs)
  while (!ended.aborted) {
    const { totalBytes, largestBytes } = await folderSize(dir)
    const nowMs = performance.now()
    if (largestBytes >= limits.maxBytes || totalBytes > limits.maxBytes * FOLDER_PER_FILE)
      return stop('too_large')
    if (nowMs - startMs > limits.deadlineMs) return stop('timeout')
    if (stalled(nowMs, totalBytes)) return stop('stalled')
    await wait(LOOK_EVERY_MS, undefined, { signal: ended }).catch(() => undefined)
  }
}
