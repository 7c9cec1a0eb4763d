interface MicroBatchOptions<Item, Result> {
  /** How much of `most` an item takes. */
  sizeOf(item: Item): number
  /** A full batch leaves at once. Only a single item may be larger. */
  most: number
  /** A batch that is not full leaves this long after its first item. */
  maxWaitMs: number
  /** Answers for every item, in order. When it throws, every item of the batch fails with that error. */
  flush(items: Item[]): Promise<PromiseSettledResult<Result>[]>
}

interface Waiting<Item, Result> {
  item: Item
  settled: PromiseWithResolvers<Result>
}

/** Lets callers that come at about the same time share one call of `flush`. */
export function createMicroBatch<Item, Result>({
  sizeOf,
  most,
  maxWaitMs,
  flush,
}: MicroBatchOptions<Item, Result>) {
  let waiting: Waiting<Item, Result>[] = []
  let size = 0
  let timer: NodeJS.Timeout | undefined

  async function leave(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const batch = waiting
    waiting = []
    size = 0
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
    const more = sizeOf(item)
    if (waiting.length > 0 && size + more > most) void leave()
    waiting.push({ item, settled })
    size += more
    if (size >= most) void leave()
    else timer ??= setTimeout(() => void leave(), maxWaitMs)
    return settled.promise
  }
}
