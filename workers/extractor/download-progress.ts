import type { Progress } from '../context.ts'
import { PROGRESS_PREFIX } from './ytdlp-flags.ts'

/** One line of yt-dlp's progress: one of the streams that are fetched one after the other. */
interface StreamProgress {
  formatId: string
  doneBytes: number
  totalBytes: number | null
}

/** Reads a line of the run's output; null for any other line. */
export function parseProgressLine(line: string): StreamProgress | null {
  if (!line.startsWith(PROGRESS_PREFIX)) return null
  const [formatId = '', done, total, estimate] = line.slice(PROGRESS_PREFIX.length).trim().split('|')
  const doneBytes = bytes(done)
  return doneBytes === null ? null : { formatId, doneBytes, totalBytes: bytes(total) ?? bytes(estimate) }
}

/** yt-dlp writes `NA` for what it does not know, and estimates with a fraction. */
function bytes(text: string | undefined): number | null {
  return text && /^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text)) : null
}

/**
 * Turns the lines of a run into how far the whole is: video and audio are one download to a person, and it never
 * goes back.
 * @param expectedBytes video and audio together, as inspect estimated it.
 */
export function createDownloadProgress(expectedBytes: number | null): (line: string) => Progress | null {
  let current = ''
  let earlierBytes = 0
  let streamBytes = 0
  let best = 0
  return (line) => {
    const stream = parseProgressLine(line)
    if (!stream) return null
    if (stream.formatId !== current) {
      earlierBytes += streamBytes
      current = stream.formatId
    }
    streamBytes = stream.doneBytes
    const doneBytes = earlierBytes + streamBytes
    const known = stream.totalBytes === null ? null : earlierBytes + stream.totalBytes
    const totalBytes =
      known === null && expectedBytes === null ? null : Math.max(known ?? 0, expectedBytes ?? 0, doneBytes)
    if (totalBytes) best = Math.max(best, Math.min(100, (100 * doneBytes) / totalBytes))
    return { percent: totalBytes ? Math.floor(best) : null, doneBytes, totalBytes }
  }
}
