import { expect, test, vi } from 'vitest'
import { createMicroBatch } from './micro-batch.ts'

const one = { sizeOf: () => 1, atOnce: 9 }
const fulfilled = <T>(value: T): PromiseSettledResult<T> => ({ status: 'fulfilled', value })

test('what comes together leaves together, and each caller gets its own answer', async () => {
  const flush = vi.fn(async (items: number[]) => items.map((n) => fulfilled(n * 10)))
  const add = createMicroBatch({ ...one, most: 100, maxWaitMs: 5, flush })
  expect(await Promise.all([1, 2, 3].map(add))).toEqual([10, 20, 30])
  expect(flush.mock.calls).toEqual([[[1, 2, 3]]])
})

test('a full batch does not wait, and the next item starts a new one', async () => {
  const flush = vi.fn(async (items: number[]) => items.map(fulfilled))
  const add = createMicroBatch({ ...one, most: 2, maxWaitMs: 50, flush })
  await Promise.all([1, 2, 3].map(add))
  expect(flush.mock.calls).toEqual([[[1, 2]], [[3]]])
})

test('an item that is refused fails alone', async () => {
  const add = createMicroBatch<string, string>({
    ...one,
    most: 2,
    maxWaitMs: 5,
    flush: async (items) =>
      items.map((item) =>
        item === 'bad' ? { status: 'rejected', reason: new Error('no') } : fulfilled(item),
      ),
  })
  const [good, bad] = await Promise.allSettled([add('good'), add('bad')])
  expect(good).toEqual(fulfilled('good'))
  expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'no' } })
})

test('a flush that throws fails everyone in it, and nobody after it', async () => {
  let broken = true
  const add = createMicroBatch<number, number>({
    ...one,
    most: 2,
    maxWaitMs: 5,
    flush: async (items) => {
      if (broken) throw new Error('away')
      return items.map(fulfilled)
    },
  })
  await expect(Promise.allSettled([add(1), add(2)])).resolves.toMatchObject([
    { reason: { message: 'away' } },
    { reason: { message: 'away' } },
  ])
  broken = false
  expect(await add(3)).toBe(3)
})

test('an answer that is missing is a failure, not a wait without end', async () => {
  const add = createMicroBatch<number, number>({
    ...one,
    most: 2,
    maxWaitMs: 5,
    flush: async () => [fulfilled(1)],
  })
  const [first, second] = await Promise.allSettled([add(1), add(2)])
  expect([first.status, second.status]).toEqual(['fulfilled', 'rejected'])
})

test('a large item fills a batch, and one that does not fit in starts the next', async () => {
  const flush = vi.fn(async (items: number[]) => items.map(fulfilled))
  const add = createMicroBatch({ sizeOf: (n: number) => n, atOnce: 9, most: 10, maxWaitMs: 5, flush })
  await Promise.all([4, 4, 4, 20, 3, 7].map(add))
  expect(flush.mock.calls).toEqual([[[4, 4]], [[4]], [[20]], [[3, 7]]])
})

test('so many batches are under way at a time, and what gathers meanwhile leaves in full ones', async () => {
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>())
  const flush = vi.fn(async (items: number[]) => {
    await gates[flush.mock.calls.length - 1]?.promise
    return items.map(fulfilled)
  })
  const add = createMicroBatch({ sizeOf: () => 1, atOnce: 2, most: 3, maxWaitMs: 5, flush })
  const all = Promise.all([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(add))
  expect(flush.mock.calls).toEqual([[[1, 2, 3]], [[4, 5, 6]]])
  gates[1]?.resolve()
  await vi.waitFor(() => expect(flush.mock.calls[2]).toEqual([[7, 8, 9]]), { timeout: 30_000 })
  for (const gate of gates) gate.resolve()
  expect(await all).toHaveLength(10)
  expect(flush.mock.calls[3]).toEqual([[10]])
})
