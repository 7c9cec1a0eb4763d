interface MicroBatchOptions<Item, Result> {
  /** How much of `most` an item takes. */
  sizeOf(item: Item): number
  /** A full batch leaves at once. Only a single item may be larger. */
  most: number
  /** A batch that is not full leaves this long after its first item. */
  maxWaitMs: number
  /** So many batches are under way at a time; the next one gathers until there is room. */
  atOnce: number
  /** Answers for every item, in order. When it throws, every item of the batch fails with that error. */
  flush(items: Item[]): Promise<PromiseSettledResult<Result>[]>
}

interface Waiting<Item, Result> {
  item: Item
  size: number
  settled: PromiseWithResolvers<Result>
}

/** Lets callers that come at about the same time share one call of `flush`. */
export function createMicroBatch<Item, Result>({
  sizeOf,
  most,
  maxWaitMs,
  atOnce,
  flush,
}: MicroBatchOptions<Item, Result>) {
  const waiting: Waiting<Item, Result>[] = []
  let size = 0
  let isDue = false
  let timer: NodeJS.Timeout | undefined
  let underWay = 0

  /** As many of those who wait as fit. */
  function take(): Waiting<Item, Result>[] {
    let taken = 0
    let count = 0
    for (const next of waiting) {
      if (count > 0 && taken + next.size > most) break
      taken += next.size
      count += 1
    }
    size -= taken
    return waiting.splice(0, count)
  }

  function leave(): void {
    while (underWay < atOnce && waiting.length > 0 && (isDue || size >= most)) {
      const batch = take()
      isDue = false
      clearTimeout(timer)
      timer = undefined
      underWay += 1
      void settle(batch).then(() => {
        underWay -= 1
        leave()
      })
    }
    if (waiting.length > 0 && !isDue)
      timer ??= setTimeout(() => {
        timer = undefined
        isDue = true
        leave()
      }, maxWaitMs)
  }

  async function settle(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await flush(batch.map(({ item }) => item))
      for (const [i, { settled }] of batch.entries()) {
        const result = results[i]
        if (result?.status === 'fulfilled') settled.resolve(result.value)
        else settled.reject(result ? result.reason : new Error('the batch gave no answer for an item'))
      }
    } catch (error) {
      for (const { settled } of batch) settled.reject(error)
    }
  }

  /** Settles when the batch that the item went with has ended. */
  return function add(item: Item): Promise<Result> {
    const settled = Promise.withResolvers<Result>()
    const one = { item, size: sizeOf(item), settled }
    waiting.push(one)
    size += one.size
    leave()
    return settled.promise
  }
}
