import { expect, test } from 'vitest'
import { paced } from './paced.ts'

async function run(chunks: number[], bytesPerSecond: number) {
  const rests: number[] = []
  const body = (async function* () {
    for (const length of chunks) yield new Uint8Array(length).fill(length)
  })()
  const pieces: Uint8Array[] = []
  for await (const piece of paced(body, bytesPerSecond, async (restMs) => rests.push(restMs)))
    pieces.push(piece)
  return { rests, bytes: Buffer.concat(pieces), largest: Math.max(...pieces.map((piece) => piece.length)) }
}

test('rests for as long as the bytes are worth, in small pieces, and changes none of them', async () => {
  const { rests, bytes, largest } = await run([1000, 50, 250], 400)
  expect(rests.reduce((sum, restMs) => sum + restMs)).toBeCloseTo((1300 / 400) * 1000)
  expect(largest).toBe(100)
  expect(bytes).toEqual(Buffer.concat([1000, 50, 250].map((length) => Buffer.alloc(length, length))))
})

test('a pace slower than a piece per rest still moves, byte by byte', async () => {
  const { rests } = await run([3], 2)
  expect(rests).toEqual([500, 500, 500])
})
