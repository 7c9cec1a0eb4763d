/** S3 allows 10,000 parts of at least 5 MiB: enough for 50 GB. */
export const PART_BYTES = 5 << 20

export type PartBuffers = ReturnType<typeof createPartBuffers>

/**
 * Buffers for parts that are being sent, shared by all uploads of a process: however many and however large they are,
 * this is their memory. Who comes when all are taken waits in line, so a thumbnail is not behind gigabytes.
 */
export function createPartBuffers(count: number) {
  const free: Buffer[] = []
  const waiting: ((buffer: Buffer) => void)[] = []
  let made = 0

  const take = (): Buffer | Promise<Buffer> => {
    const buffer = free.pop()
    if (buffer) return buffer
    if (made === count) return new Promise((resolve) => waiting.push(resolve))
    made += 1
    return Buffer.allocUnsafeSlow(PART_BYTES)
  }
  const giveBack = (buffer: Buffer) => {
    const next = waiting.shift()
    if (next) next(buffer)
    else free.push(buffer)
  }

  return {
    /** Lends a buffer of a part's size until `work` is over. */
    async lend<T>(work: (buffer: Buffer) => Promise<T>): Promise<T> {
      const buffer = await take()
      try {
        return await work(buffer)
      } finally {
        giveBack(buffer)
      }
    },
  }
}
