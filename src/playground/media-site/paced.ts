import { setTimeout as sleep } from 'node:timers/promises'

const STEPS_PER_SECOND = 4

/**
 * Passes a body on, no faster than `bytesPerSecond`. The pace is kept by counting bytes: after each piece it
 * rests for as long as that piece is worth. `rest` stands in for the clock in tests.
 */
export async function* paced(
  body: AsyncIterable<Uint8Array>,
  bytesPerSecond: number,
  rest: (restMs: number) => Promise<unknown> = sleep,
): AsyncGenerator<Uint8Array> {
  const pieceBytes = Math.max(1, Math.ceil(bytesPerSecond / STEPS_PER_SECOND))
  for await (const chunk of body) {
    for (let at = 0; at < chunk.length; at += pieceBytes) {
      const piece = chunk.subarray(at, at + pieceBytes)
      yield piece
      await rest((piece.length / bytesPerSecond) * 1000)
    }
  }
}
