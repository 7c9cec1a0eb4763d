import { createReadStream } from 'node:fs'
import { DeleteObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { asStorageError } from './as-storage-error.ts'
import { checkedBytes, fingerprint } from './checked-bytes.ts'
import type { PutOptions, StoredFile } from './storage.ts'
import { ObjectDamaged } from './storage-error.ts'

/** Four at a time: what is in memory at once. S3 allows 10,000 parts of at least 5 MiB: enough for 50 GB. */
const PART_BYTES = 5 << 20

interface Target {
  client: S3Client
  bucket: string
  key: string
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
  const { signal, contentType, onProgress } = options
  const address = { Bucket: bucket, Key: key }
  let mayBeStored = false
  try {
    signal?.throwIfAborted()
    const expected = await fingerprint(path, signal)
    await sendParts({ ...target, path, expected, contentType, onProgress, signal }, () => {
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

interface Sending extends Target {
  path: string
  expected: Omit<StoredFile, 'key'>
  contentType: string
  onProgress: PutOptions['onProgress']
  signal: AbortSignal | undefined
}

async function sendParts(sending: Sending, onLastByte: () => void): Promise<void> {
  const { client, bucket, key, path, expected, contentType, onProgress, signal } = sending
  const body = checkedBytes('put', expected)
  const file = createReadStream(path, { highWaterMark: 256 << 10 })
  // The library's own abort returns at once and tidies up behind our back, and one that comes during the last
  // step stores the object all the same. A failing source makes it end the parts in flight and free them first.
  const abort = () => file.destroy(new Error('aborted'))
  signal?.addEventListener('abort', abort, { once: true })
  file.on('error', (error) => body.destroy(error))
  file.pipe(body)
  const upload = new Upload({
    client,
    partSize: PART_BYTES,
    queueSize: 4,
    params: {
      Bucket: bucket,
      Key: key,
      Body: body,
      ContentLength: expected.sizeBytes,
      ContentType: contentType,
      Metadata: { sha256: expected.sha256 },
    },
  })
  if (onProgress) upload.on('httpUploadProgress', ({ loaded }) => onProgress(loaded ?? 0))
  let ours: unknown
  body.on('error', (error) => {
    ours = error
  })
  body.on('end', onLastByte)
  try {
    await upload.done()
  } catch (error) {
    // On servers that cannot free parts, the library's error is about that and hides ours.
    throw ours ?? error
  } finally {
    signal?.removeEventListener('abort', abort)
    file.destroy()
    body.destroy()
  }
}
