/**
 * `missing`: there is no such object. `damaged`: there is one, but not the bytes it should have.
 * `denied`: the server knows us and refuses, or does not know us: waiting does not help.
 * `unavailable`: all else, from a refused connection to a 500: later may be better.
 */
export type StorageFailure = 'missing' | 'damaged' | 'denied' | 'unavailable'

/**
 * The one error that storage throws, beside an AbortError when the caller aborted. The message holds the
 * operation and the kind; never an address, a key of an object or a credential.
 */
export class StorageError extends Error {
  readonly kind: StorageFailure

  constructor(kind: StorageFailure, operation: string, cause?: unknown) {
    super(`storage ${operation}: ${kind}`, { cause })
    this.name = 'StorageError'
    this.kind = kind
  }
}

export class ObjectMissing extends StorageError {
  constructor(operation: string, cause?: unknown) {
    super('missing', operation, cause)
    this.name = 'ObjectMissing'
  }
}

export class ObjectDamaged extends StorageError {
  constructor(operation: string, cause?: unknown) {
    super('damaged', operation, cause)
    this.name = 'ObjectDamaged'
  }
}
