/**
 * Every way a request can end badly. A failure is a code: it crosses jobs as the error's message (BullMQ keeps
 * only text), it is what retries are decided by, and the sentence a person reads stands in the locale files
 * under `failure-<code>`.
 */

/** What the pipeline does by itself, and whether asking again later can help the person. */
interface FailureRule {
  /** `backoff`: another attempt may succeed. `never`: it cannot, so no attempt is wasted. */
  retries: 'backoff' | 'never'
  /** Whether the ticket carries a Retry button. */
  personMayRetry: boolean
  /** Something is broken that an operator may mend and replay. The others are honest answers about the media. */
  deadLetter: boolean
}

const never = { retries: 'never', personMayRetry: false, deadLetter: false } as const
const neverButLater = { retries: 'never', personMayRetry: true, deadLetter: false } as const
const broken = { retries: 'never', personMayRetry: true, deadLetter: true } as const
const transient = { retries: 'backoff', personMayRetry: true, deadLetter: true } as const

export const FAILURES = {
  // The link itself: refused at the door, nothing is enqueued.
  link_malformed: never,
  link_too_long: never,
  link_scheme: never,
  link_credentials: never,
  link_private_address: never,
  // The person: has as many in work as we take, or sends more than we take, or has had what is free, or may not.
  too_many: neverButLater,
  too_often: neverButLater,
  too_many_today: neverButLater,
  limit_reached: neverButLater,
  not_allowed: never,
  not_invited: neverButLater,
  blocked: never,
  // What the site answers.
  live: neverButLater,
  upcoming: neverButLater,
  playlist: never,
  private: never,
  gone: never,
  geo_blocked: never,
  login_required: never,
  age_restricted: never,
  paid: never,
  drm: never,
  bot_check: broken,
  rate_limited: transient,
  unsupported: never,
  no_media: never,
  site_error: transient,
  network: transient,
  extractor_broken: broken,
  // Fetching.
  format_gone: broken,
  too_large: never,
  too_long: never,
  timeout: transient,
  stalled: transient,
  disk_full: transient,
  // The media itself.
  not_media: never,
  no_sound: never,
  over_budget: never,
  transcode_failed: transient,
  // Keeping and delivering.
  storage: transient,
  file_too_big: never,
  chat_unreachable: never,
  telegram_rejected: broken,
  telegram_unavailable: transient,
  // Ours.
  cancelled: never,
  input_missing: broken,
  internal: transient,
} as const satisfies Record<string, FailureRule>

export type FailureCode = keyof typeof FAILURES

export function isFailureCode(text: string): text is FailureCode {
  return Object.hasOwn(FAILURES, text)
}

interface StageErrorOptions {
  cause?: unknown
  /** Shown to operators after the code. Must never hold a link, a token or a person's text. */
  detail?: string
  /** Wait at least this long before the next attempt, when the other side said so. */
  retryAfterMs?: number
  /** What the tool said last, as it said it: whoever keeps it redacts it. */
  stderr?: string
  /** No further attempt, although the code's rule has some: all that could be done was done. */
  final?: true
}

/** The one error a handler throws on purpose. */
export class StageError extends Error {
  readonly code: FailureCode
  readonly retryAfterMs: number | undefined
  /** Whoever stops a tool knows its words only when it has ended. */
  stderr: string | undefined
  readonly final: boolean

  constructor(code: FailureCode, options: StageErrorOptions = {}) {
    super(options.detail ? `${code}: ${options.detail}` : code, { cause: options.cause })
    this.name = 'StageError'
    this.code = code
    this.retryAfterMs = options.retryAfterMs
    this.stderr = options.stderr
    this.final = options.final ?? false
  }
}

/** The failure code in a job's `failedReason`; whatever is not ours is `internal`. */
export function failureCodeOf(failedReason: string | undefined): FailureCode {
  const code = failedReason?.split(':', 1)[0]?.trim() ?? ''
  if (isFailureCode(code)) return code
  // BullMQ fails a job whose worker died too often without calling any handler.
  return failedReason?.includes('stalled more than allowable limit') ? 'stalled' : 'internal'
}
