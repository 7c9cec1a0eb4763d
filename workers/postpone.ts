/** Thrown by a handler that did nothing yet and should be called again later: no attempt is used up. */
export class Postpone extends Error {
  readonly waitMs: number

  constructor(waitMs: number) {
    super(`postponed by ${waitMs} ms`)
    this.name = 'Postpone'
    this.waitMs = waitMs
  }
}
