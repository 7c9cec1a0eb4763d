/** Redis does not answer. Nothing is decided: the same update must be handled again. */
export class StoreAway extends Error {
  constructor(options: ErrorOptions = {}) {
    super('Redis does not answer', options)
    this.name = 'StoreAway'
  }
}

/** Longer than a fail-over of a healthy Redis takes to be noticed; shorter than a person's patience. */
const LIMIT_MS = 5000

/**
 * Waits for Redis, but not for ever: a client that queues commands while it is offline would hold the update, and
 * everyone behind it, in silence. What it does later is harmless: every step of ours can be repeated.
 * @throws StoreAway for whatever goes wrong.
 */
export async function reach<T>(work: Promise<T>): Promise<T> {
  const { promise: tooLong, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error('no answer in time')), LIMIT_MS)
  try {
    return await Promise.race([work, tooLong])
  } catch (cause) {
    throw new StoreAway({ cause })
  } finally {
    clearTimeout(timer)
  }
}
