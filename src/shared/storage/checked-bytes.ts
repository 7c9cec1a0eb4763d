import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { Transform } from 'node:stream'
import type { StoredFile, TransferOptions } from './storage.ts'
import { ObjectDamaged } from './storage-error.ts'

type Fingerprint = Pick<StoredFile, 'sizeBytes' | 'sha256'>

/**
 * Passes bytes on and fails with ObjectDamaged when they are not the expected ones: as soon as there are too
 * many, or at the end. Whoever reads it therefore never sees a clean end of wrong bytes.
 */
export function checkedBytes(
  operation: string,
  expected: Fingerprint,
  onProgress?: TransferOptions['onProgress'],
): Transform {
  const hash = createHash('sha256')
  let seenBytes = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seenBytes += chunk.length
      hash.update(chunk)
      if (seenBytes > expected.sizeBytes) return done(new ObjectDamaged(operation))
      onProgress?.(seenBytes)
      done(null, chunk)
    },
    flush(done) {
      const right = seenBytes === expected.sizeBytes && hash.digest('hex') === expected.sha256
      done(right ? null : new ObjectDamaged(operation))
    },
  })
}

/** Size and checksum of a file on disk, in one pass with one buffer: a stream would leave as many as the file has. */
export async function fingerprint(path: string, signal?: AbortSignal): Promise<Fingerprint> {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafeSlow(256 << 10)
  let sizeBytes = 0
  const file = await open(path, 'r')
  try {
    for (let readBytes = -1; readBytes !== 0; sizeBytes += readBytes) {
      signal?.throwIfAborted()
      readBytes = (await file.read(buffer)).bytesRead
      hash.update(buffer.subarray(0, readBytes))
    }
  } finally {
    await file.close()
  }
  return { sizeBytes, sha256: hash.digest('hex') }
}
