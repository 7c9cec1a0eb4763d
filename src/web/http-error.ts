/** What the status alone does not say. */
export type Reason = 'viewer' | 'database' | 'database_slow' | 'database_read_only'

/** An answer that is not a page: the status and the reason decide what the person reads. */
export class HttpError extends Error {
  readonly status: number
  readonly reason: Reason | null
  /** What was wrong with the request, for who wrote it: in English, and with nothing that is not theirs. */
  readonly problem: string | null = null

  constructor(status: number, cause?: unknown, reason: Reason | null = null) {
    super(`HTTP ${status}`, { cause })
    this.name = 'HttpError'
    this.status = status
    this.reason = reason
  }
}

/** Somebody has asked for what cannot be answered. */
export class BadRequest extends HttpError {
  override readonly problem: string

  constructor(problem: string) {
    super(400)
    this.problem = problem
  }
}
