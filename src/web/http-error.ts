/** An answer that is not a page: the status decides what the person reads. */
export class HttpError extends Error {
  readonly status: number

  constructor(status: number, cause?: unknown) {
    super(`HTTP ${status}`, { cause })
    this.name = 'HttpError'
    this.status = status
  }
}
