/** Less than this on average is no download that anybody waits for. */
const MIN_BYTES_PER_SECOND = 1024

/**
 * Tells a download that stands still from one that is slow.
 * @returns a function that takes the time and the bytes in the work folder, and says whether less than 1 KB/s came
 *   in over the last `windowMs`. Bytes that go away (merged parts) do not count against it.
 */
export function createStallGauge(
  windowMs: number,
  startMs: number,
): (nowMs: number, bytes: number) => boolean {
  let marks = [{ atMs: startMs, cameIn: 0 }]
  let cameIn = 0
  let lastBytes = 0
  return (nowMs, bytes) => {
    cameIn += Math.max(0, bytes - lastBytes)
    lastBytes = bytes
    marks.push({ atMs: nowMs, cameIn })
    // The youngest mark that is a whole window old is where the window begins; older ones are of no more use.
    const begin = marks.findLast((mark) => nowMs - mark.atMs >= windowMs)
    if (!begin) return false
    marks = marks.filter((mark) => mark.atMs >= begin.atMs)
    return cameIn - begin.cameIn < (MIN_BYTES_PER_SECOND * (nowMs - begin.atMs)) / 1000
  }
}
