import { setTimeout as sleep } from 'node:timers/promises'

/** Something that runs until it ends or is stopped. */
export type Running = { exited: Promise<unknown>; stop(): Promise<void> }

export type Supervised<T extends Running> = {
  /** The one that runs now, or ran last. */
  current(): T
  /** How often it has been started again. */
  restarts(): number
  /**
   * Ends it on purpose, lets `between` happen while it is away, and starts it again at once.
   * @returns when it runs again; or is stopped for good.
   */
  interrupt(end: (running: T) => Promise<unknown>, between?: () => Promise<unknown>): Promise<void>
  /** Ends it for good. */
  stop(): Promise<void>
}

type Supervision<T> = {
  name: string
  start: () => Promise<T>
  /** Hears a line for people at every end that nobody asked for. */
  say: (line: string) => void
  firstDelayMs?: number
  maxDelayMs?: number
  /** One that has run for so long is started again after the first delay. */
  stableMs?: number
}

/**
 * Keeps something running: when it ends by itself it is started again, after a delay that doubles while it does not
 * stay up.
 * @throws what the first start throws; later ones are tried again.
 */
export async function supervise<T extends Running>(supervision: Supervision<T>): Promise<Supervised<T>> {
  const { name, start, say, firstDelayMs = 500, maxDelayMs = 10_000, stableMs = 30_000 } = supervision
  const stopped = new AbortController()
  const stopping = new Promise<void>((resolve) => {
    stopped.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  let current = await start()
  let restarts = 0
  let interruption: { between: () => Promise<unknown>; over: () => void } | undefined
  let isOver = Promise.resolve()

  async function watch(): Promise<void> {
    let delayMs = firstDelayMs
    while (!stopped.signal.aborted) {
      const startedAt = Date.now()
      const reason = await current.exited
      if (stopped.signal.aborted) return
      if (Date.now() - startedAt > stableMs) delayMs = firstDelayMs
      if (!interruption) say(`${name} has ended (${describe(reason)}); starting it again`)
      await again()
    }

    async function again(): Promise<void> {
      let over: (() => void) | undefined
      for (let waitMs = interruption ? 0 : delayMs; ; waitMs = delayMs) {
        // Ends early, by an error that says nothing, when we are stopped.
        await sleep(waitMs, undefined, { signal: stopped.signal }).catch(() => undefined)
        if (interruption) {
          const { between } = interruption
          over = interruption.over
          interruption = undefined
          await Promise.race([between(), stopping])
        } else {
          delayMs = Math.min(delayMs * 2, maxDelayMs)
        }
        if (stopped.signal.aborted) return
        restarts += 1
        try {
          current = await start()
          over?.()
          return
        } catch (error) {
          say(`${name} cannot be started: ${error instanceof Error ? error.message : error}`)
        }
      }
    }
  }

  const watching = watch()
  const interrupt: Supervised<T>['interrupt'] = async (end, between = async () => undefined) => {
    const { promise, resolve: over } = Promise.withResolvers<void>()
    let failure: unknown
    const noted = () =>
      between().catch((error: unknown) => {
        failure = error ?? new Error('interrupted')
      })
    interruption = { between: noted, over }
    await end(current)
    await Promise.race([promise, stopping])
    if (failure) throw failure
  }
  return {
    current: () => current,
    restarts: () => restarts,
    interrupt(end, between) {
      // One at a time.
      const mine = isOver.then(() => interrupt(end, between))
      isOver = mine.catch(() => undefined)
      return mine
    },
    async stop() {
      stopped.abort()
      await current.stop()
      await watching
      // It may have been started again in between.
      await current.stop()
    },
  }
}

/** `exited` of a child process gives its exit code, its signal, and perhaps its last words. */
function describe(reason: unknown): string {
  const [code, signal, lastWords] = Array.isArray(reason) ? reason : []
  return `${signal ? `killed by ${signal}` : `exit code ${code}`}${lastWords ? `: ${lastWords}` : ''}`
}
