import { expect, test } from 'vitest'
import { createPartBuffers, PART_BYTES } from './part-buffers.ts'

test('there are never more buffers than said, and who waits gets the next one in line', async () => {
  const buffers = createPartBuffers(2)
  const seen = new Set<Buffer>()
  const order: number[] = []
  const ends = Array.from({ length: 6 }, () => Promise.withResolvers<void>())
  const lent = ends.map(({ promise }, n) =>
    buffers.lend(async (buffer) => {
      seen.add(buffer)
      order.push(n)
      await promise
    }),
  )
  // The first two have one each; the second one's end makes room for the third, and so on.
  for (const n of [1, 0, 2, 3, 4, 5]) {
    ends[n]?.resolve()
    await lent[n]
  }
  expect([order, seen.size]).toEqual([[0, 1, 2, 3, 4, 5], 2])
  for (const buffer of seen) expect(buffer.length).toBe(PART_BYTES)
})

test('a failure gives its buffer back', async () => {
  const buffers = createPartBuffers(1)
  const failing = buffers.lend(() => Promise.reject(new Error('no line')))
  await expect(failing).rejects.toThrow('no line')
  expect(await buffers.lend(async () => 'sent')).toBe('sent')
})
