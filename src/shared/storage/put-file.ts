import { DeleteObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { asStorageError } from './as-storage-error.ts'
import { fingerprint } from './checked-bytes.ts'
import type { PartBuffers } from './part-buffers.ts'
import { sendFile } from './send-parts.ts'
import type { PutOptions, StoredFile } from './storage.ts'
import { ObjectDamaged } from './storage-error.ts'

interface Target {
  client: S3Client
  bucket: string
  key: string
  buffers: PartBuffers
}

/**
 * Uploads a file in parts; it becomes readable with the last step, and is removed again should that step have
 * been the one that failed.
 *
 * The checksum stands in the object's metadata, which S3 wants before the first byte. So the file is read twice:
 * once for the checksum, once for the upload. The other way, to hash while sending and to add the metadata by
 * copying the object onto itself, shows an object without a checksum in between, and copies gigabytes.
 * The second pass is checked against the first, so a file that changes meanwhile is never stored.
 */
export async function putFile(target: Target, path: string, options: PutOptions): Promise<StoredFile> {
  const { client, bucket, key } = target
  const { signal } = options
  const address = { Bucket: bucket, Key: key }
  let mayBeStored = false
  try {
    signal?.throwIfAborted()
    const expected = await fingerprint(path, signal)
    await sendFile({ ...target, ...options, path, expected }, () => {
      mayBeStored = true
    })
    signal?.throwIfAborted()
    const { ContentLength, Metadata } = await client.send(
      new HeadObjectCommand(address),
      signal ? { abortSignal: signal } : {},
    )
    if (ContentLength !== expected.sizeBytes || Metadata?.sha256 !== expected.sha256)
      throw new ObjectDamaged('put')
    return { key, ...expected }
  } catch (error) {
    // The answer to the last step may be all that was lost. If this fails too, the object stays: whole, and under
    // a key that nobody knows.
    if (mayBeStored) await client.send(new DeleteObjectCommand(address)).catch(() => undefined)
    throw asStorageError('put', error, signal)
  }
}
