import { type FailureCode, StageError } from '../../queues/failure.ts'
import type { FormatId } from '../../queues/media.ts'
import type { Progress } from '../context.ts'
import type { ExtractedInfo } from './extracted-info.ts'

/** How much a run of the tool may take before it is killed; see `watch-run.ts`. */
export interface RunLimits {
  /** Wall clock for the whole run. */
  deadlineMs: number
  /** Killed as `stalled` when less than 1 KB/s came in over this time. */
  noProgressMs: number
  /** A file that reaches it is too large; the parts of one and what is merged from them may take twice that. */
  maxBytes: number
}

export interface Inspected {
  info: ExtractedInfo
  /** The tool's own record of the media, for a fetch that need not ask the site again. */
  infoJson: string
}

export interface FetchRequest extends RunLimits {
  /** Canonical. */
  link: string
  /** A record of `inspect`: the tool then goes straight to the media. */
  infoJson?: string | null
  format: FormatId
  /** Video and audio together, an estimate; null when nobody knows. Only for the progress. */
  expectedBytes: number | null
  /** A private, empty folder; everything that the tool writes goes there. */
  dir: string
  signal: AbortSignal
  onProgress(progress: Progress): void
}

export interface Fetched {
  /** A regular file in `dir`; what is in it has not been looked at. */
  path: string
  /** A picture of the site for audio formats; null when there is none. */
  coverPath: string | null
  /** Which media came, to be compared with what was wanted. */
  mediaId: string
  title: string
  uploader: string | null
}

/** What the product needs of the tool that understands sites. Every method throws ExtractionError. */
export interface Extractor {
  /**
   * Asks the site about a canonical link.
   * @param options `onRunning` is called when the tool has begun; it may be asked more than once.
   * @throws ExtractionError `playlist`, when there is more than one media behind it.
   */
  inspect(
    link: string,
    options: { signal: AbortSignal; deadlineMs: number; onRunning?: () => void },
  ): Promise<Inspected>
  fetch(request: FetchRequest): Promise<Fetched>
  /** The tool's version, as it is now. */
  version(): Promise<string>
}

interface ExtractionErrorOptions {
  cause?: unknown
  detail?: string
  /** What the site's server answered, when that was the reason. */
  httpStatus?: number | null
  stderr?: string
}

/** A run of the tool that failed; the detail never holds a link. */
export class ExtractionError extends StageError {
  readonly httpStatus: number | null

  constructor(code: FailureCode, options: ExtractionErrorOptions = {}) {
    super(code, options)
    this.name = 'ExtractionError'
    this.httpStatus = options.httpStatus ?? null
  }
}
