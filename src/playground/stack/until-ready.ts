import { open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Product } from './product.ts'

/** So often may a process end while the stack starts; after that, it is not going to stay up. */
const ATTEMPTS = 3
const LOG_END_BYTES = 3000

/**
 * Waits until the product says that every stage takes jobs.
 * @throws Error with the end of a log when a process does not stay up, or when it is not ready in time.
 */
export async function untilReady(
  product: Product,
  { webUrl, logFile, timeoutMs }: { webUrl: string; logFile: (name: string) => string; timeoutMs: number },
): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs
  let answer = 'it does not answer'
  while (Date.now() < giveUpAt) {
    for (const [name, supervised] of product.processes)
      if (supervised.restarts() >= ATTEMPTS)
        throw new Error(`${name} does not stay up. The end of its log:\n\n${await endOf(logFile(name))}`)
    const response = await fetch(new URL('/ready', webUrl), { signal: AbortSignal.timeout(5000) }).catch(
      () => null,
    )
    if (response?.ok) return
    if (response) answer = await response.text()
    await sleep(100)
  }
  throw new Error(`not ready after ${timeoutMs / 1000} s: ${answer}`)
}

async function endOf(file: string): Promise<string> {
  const handle = await open(file)
  try {
    const { size } = await handle.stat()
    const { buffer, bytesRead } = await handle.read({
      buffer: Buffer.alloc(LOG_END_BYTES),
      position: Math.max(0, size - LOG_END_BYTES),
    })
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await handle.close()
  }
}
